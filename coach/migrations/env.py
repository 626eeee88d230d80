from alembic import context
from sqlmodel import SQLModel

import coach.models  # noqa: F401 - fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    user_module_prefix="coach.models.",
)
with context.begin_transaction():
    context.run_migrations()
