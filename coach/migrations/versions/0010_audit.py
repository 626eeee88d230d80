"""the log of who did what, to which lines are only added"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SQLITE = """
CREATE TRIGGER audit_line_is_never_{what} BEFORE {statement} ON audit_line
BEGIN SELECT RAISE(ABORT, 'lines of the audit are never changed'); END
"""
_POSTGRES = """
CREATE FUNCTION audit_line_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'lines of the audit are never changed'; END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_line",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_line")),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": ""}])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE.format(what="changed", statement="UPDATE"))
        op.execute(_SQLITE.format(what="removed", statement="DELETE"))
    else:
        op.execute(_POSTGRES)
        op.execute(
            "CREATE TRIGGER audit_line_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_line_is_never_changed()"
        )


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit_line")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_line_is_never_changed()")
