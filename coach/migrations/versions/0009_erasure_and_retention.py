"""when programs and pairs were closed and people erased, and how long a program's people are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("program", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("program", sa.Column("retention_days", sa.Integer(), nullable=False, server_default=sa.text("365")))
    op.add_column("participant", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pair", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("pair", "closed_at")
    op.drop_column("participant", "erased_at")
    op.drop_column("program", "retention_days")
    op.drop_column("program", "closed_at")
