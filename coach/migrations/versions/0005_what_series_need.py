"""what a series of meetings needs: goals reached, activities not finished, and one's own limit to being the example"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("participant") as table:
        table.add_column(sa.Column("experience_limit", sa.Integer(), nullable=False, server_default="2"))
    with op.batch_alter_table("pair") as table:
        table.add_column(sa.Column("reached", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("mentoring_session") as table:
        table.add_column(sa.Column("unfinished", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("mentoring_session") as table:
        table.drop_column("unfinished")
    with op.batch_alter_table("pair") as table:
        table.drop_column("reached")
    with op.batch_alter_table("participant") as table:
        table.drop_column("experience_limit")
