"""tokens expire and can be revoked, and people who sign in elsewhere have a row too"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("token", sa.Column("kind", sa.String(), nullable=False, server_default="own"))
    op.add_column("token", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("token", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    # Tokens that were made to last for ever end too, but not before there was time to make others.
    token = sa.table("token", sa.column("expires_at", sa.DateTime(timezone=True)))
    op.execute(token.update().values(expires_at=datetime.now(UTC) + timedelta(days=90)))


def downgrade() -> None:
    op.drop_column("token", "revoked_at")
    op.drop_column("token", "expires_at")
    op.drop_column("token", "kind")
