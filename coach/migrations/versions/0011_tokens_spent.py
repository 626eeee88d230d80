"""the model tokens that reading comments took, by program and day"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tokens_spent",
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_tokens_spent_program_id")),
        sa.PrimaryKeyConstraint("program_id", "day", name=op.f("pk_tokens_spent")),
    )


def downgrade() -> None:
    op.drop_table("tokens_spent")
