"""documents that programs add for themselves"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program_document",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_program_document_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_document")),
    )
    op.create_index(op.f("ix_program_document_program_id"), "program_document", ["program_id"])


def downgrade() -> None:
    op.drop_table("program_document")
