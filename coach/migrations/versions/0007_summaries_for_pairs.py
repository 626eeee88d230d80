"""what pairs were told of their shared feedback"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback_summary",
        sa.Column("pair_id", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_feedback_summary_pair_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_feedback_summary_program_id")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_feedback_summary")),
    )
    op.create_index(op.f("ix_feedback_summary_program_id"), "feedback_summary", ["program_id"])


def downgrade() -> None:
    op.drop_table("feedback_summary")
