"""what a series of meetings needs: goals reached, activities not finished, and one's own limit to being the example"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "participant", sa.Column("experience_limit", sa.Integer(), nullable=False, server_default=sa.text("2"))
    )
    op.add_column("pair", sa.Column("reached", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("mentoring_session", sa.Column("unfinished", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("mentoring_session", "unfinished")
    op.drop_column("pair", "reached")
    op.drop_column("participant", "experience_limit")
