"""Blocks of prefect_sqlalchemy: databases, by SQLAlchemy."""
import enum
from typing import Any, Optional

from ._artifacts import compatible
from ._blocks import Block, Part, SecretValue
from ._missing import vendor
from ._results import settled


class SyncDriver(enum.Enum):
    POSTGRESQL_PSYCOPG2 = "postgresql+psycopg2"
    POSTGRESQL_PG8000 = "postgresql+pg8000"
    POSTGRESQL_PSYCOPG2CFFI = "postgresql+psycopg2cffi"
    POSTGRESQL_PYPOSTGRESQL = "postgresql+pypostgresql"
    POSTGRESQL_PYGRESQL = "postgresql+pygresql"
    MYSQL_MYSQLDB = "mysql+mysqldb"
    MYSQL_PYMYSQL = "mysql+pymysql"
    MYSQL_MYSQLCONNECTOR = "mysql+mysqlconnector"
    MYSQL_CYMYSQL = "mysql+cymysql"
    MYSQL_OURSQL = "mysql+oursql"
    MYSQL_PYODBC = "mysql+pyodbc"
    SQLITE_PYSQLITE = "sqlite+pysqlite"
    SQLITE_PYSQLCIPHER = "sqlite+pysqlcipher"
    ORACLE_CX_ORACLE = "oracle+cx_oracle"
    MSSQL_PYODBC = "mssql+pyodbc"
    MSSQL_MXODBC = "mssql+mxodbc"
    MSSQL_PYMSSQL = "mssql+pymssql"


class AsyncDriver(enum.Enum):
    POSTGRESQL_ASYNCPG = "postgresql+asyncpg"
    SQLITE_AIOSQLITE = "sqlite+aiosqlite"
    MYSQL_ASYNCMY = "mysql+asyncmy"
    MYSQL_AIOMYSQL = "mysql+aiomysql"


ASYNC = [driver.value for driver in AsyncDriver]


class Components:
    """What both kinds of block say of a database."""

    def made_url(self):
        url = getattr(self, "url", None)
        sqlalchemy = vendor("sqlalchemy", "sqlalchemy", type(self).__name__)
        if url:
            return sqlalchemy.engine.make_url(str(getattr(url, "get_secret_value", lambda: url)()))
        password = getattr(self.password, "get_secret_value", lambda: self.password)()
        return sqlalchemy.engine.URL.create(
            drivername=getattr(self.driver, "value", self.driver),
            username=self.username,
            password=password,
            database=self.database,
            host=self.host,
            port=int(self.port) if self.port else None,
            query=self.query or {},
        )


class ConnectionComponents(Components, Part):
    """A database, by the parts of its address."""

    driver: Any
    database: str
    username: Optional[str] = None
    password: Optional[SecretValue] = None
    host: Optional[str] = None
    port: Optional[str] = None
    query: Optional[dict] = None

    def create_url(self):
        return self.made_url()


class DatabaseCredentials(Components, Block):
    """A database: by its parts, or by its address."""

    _block_type_name = "Database Credentials"
    _block_type_slug = "database-credentials"
    driver: Optional[Any] = None
    username: Optional[str] = None
    password: Optional[SecretValue] = None
    database: Optional[str] = None
    host: Optional[str] = None
    port: Optional[str] = None
    query: Optional[dict] = None
    url: Optional[str] = None
    connect_args: Optional[dict] = None

    @property
    def rendered_url(self):
        return self.made_url()

    def get_engine(self):
        return engine_of(self.made_url(), {"connect_args": self.connect_args or {}}, type(self).__name__)


def engine_of(url, options, user):
    if url.drivername in ASYNC:
        return vendor("sqlalchemy.ext.asyncio", "sqlalchemy", user).create_async_engine(url, **options)
    return vendor("sqlalchemy", "sqlalchemy", user).create_engine(url, **options)


class SqlAlchemyConnector(Block):
    """A database that is asked by `execute` and `fetch_…`; closed at the end of its `with`."""

    _block_type_name = "SQLAlchemy Connector"
    _block_type_slug = "sqlalchemy-connector"
    connection_info: ConnectionComponents
    connect_args: Optional[dict] = None
    fetch_size: int = 1

    def block_initialization(self):
        self._engine, self._connection, self._results = None, None, {}

    def url(self):
        info = self.connection_info
        if isinstance(info, Components):
            return info.made_url()
        return vendor("sqlalchemy", "sqlalchemy", "SqlAlchemyConnector").engine.make_url(str(getattr(info, "get_secret_value", lambda: info)()))

    def get_engine(self, **options):
        if self._engine is None:
            if self.connect_args:
                options.setdefault("connect_args", self.connect_args)
            self._engine = engine_of(self.url(), options, "SqlAlchemyConnector")
        return self._engine

    get_client = get_engine

    def get_connection(self, begin=True, **options):
        engine = self.get_engine()
        return engine.begin(**options) if begin else engine.connect(**options)

    def connection(self):
        if self.url().drivername in ASYNC:
            from ._missing import missing

            raise missing("SqlAlchemyConnector with the driver '%s': its 'execute' and 'fetch' methods" % self.url().drivername)
        if self._connection is None:
            self._connection = self.get_engine().connect()
        return self._connection

    def _run(self, operation, parameters, **options):
        text = vendor("sqlalchemy", "sqlalchemy", "SqlAlchemyConnector").text
        connection = self.connection()
        found = connection.execute(text(operation) if isinstance(operation, str) else operation, parameters or {}, **options)
        if not getattr(found, "returns_rows", False) and hasattr(connection, "commit"):
            connection.commit()
        return found

    def _fetched(self, operation, parameters, options):
        key = (str(operation), repr(parameters))
        if key not in self._results:
            self._results[key] = self._run(operation, parameters, **options)
        return self._results[key]

    def execute(self, operation, parameters=None, **options):
        self._run(operation, parameters, **options)
        return compatible(None)

    def execute_many(self, operation, seq_of_parameters, **options):
        self._run(operation, list(seq_of_parameters), **options)
        return compatible(None)

    def fetch_one(self, operation, parameters=None, **options):
        return compatible(self._fetched(operation, parameters, options).fetchone())

    def fetch_many(self, operation, parameters=None, size=None, **options):
        return compatible(self._fetched(operation, parameters, options).fetchmany(size or self.fetch_size))

    def fetch_all(self, operation, parameters=None, **options):
        return compatible(self._fetched(operation, parameters, options).fetchall())

    def reset_cursors(self):
        for found in self._results.values():
            found.close()
        self._results = {}
        return compatible(None)

    def close(self):
        settled(self.reset_cursors())
        if self._connection is not None:
            self._connection.close()
        if self._engine is not None:
            self._engine.dispose()
        self._engine = self._connection = None
        return compatible(None)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        self.close()
