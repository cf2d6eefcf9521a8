"""Table assets: makes an asset of a function that returns the rows of one declared table, or of several.

The function names what it reads: a table by its name (a frame, without body texts), `texts` (the current body texts of the
compared documents), `derive` (computes by document and keeps what is current), or a resource. What this module adds is the
same for every table: skip when nothing that it depends on has changed, bring the frame to its declaration, check the
contract and store nothing that breaks it, and tell the UI what came out.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import dagster as dg
import pandas as pd

from assets.io_managers import Rows
from assets.previews import column_schema, table_preview
from pipeline.contracts import Table, conform, violations
from pipeline.derivation import Derivation
from pipeline.lineage import code_version
from pipeline.store import Store
from pipeline.tables.catalog import TABLES
from pipeline.tables.corpus import DOCUMENT_TEXTS, DOCUMENTS
from pipeline.text import sha256

OWNER: Final = "team:parley"
# Body texts are written by ingestion as it goes, in batches; they are no asset of their own, because nobody may export them.
_PRODUCER: Final = {"document_texts": "fetches"}
Function = Callable[..., Any]
Plots = Callable[[pd.DataFrame], dict[str, Any]]
Decorator = Callable[[Function], dg.AssetsDefinition]


def table_asset(
    *tables: Table,
    code: str,
    kinds: set[str],
    appends: tuple[Table, ...] = (),
    after: tuple[str, ...] = (),
    config: type[dg.Config] | None = None,
    plots: Plots | None = None,
) -> Decorator:
    """Decorate a function that returns a frame (or one a table) as the asset (or assets) of those tables.

    `code` names the module of `pipeline` that does the work; its source, what it imports, and the packages' versions are
    part of what the rows depend on. Where rows of `appends` are among the tables, the asset runs every time, because it
    records the run itself. `after` names tables that must be up to date first without being read.
    """
    recipe = _Recipe(tables, code, appends, plots)

    def decorate(function: Function) -> dg.AssetsDefinition:
        reads = _Reads.of(function)
        outs = {table.name: _out(table, function, kinds) for table in tables}

        def body(context: dg.AssetExecutionContext, **settings: Any) -> Iterator[Any]:
            yield from _materialize(context, function, recipe, reads, settings)

        body.__name__ = function.__name__
        body.__signature__ = _signature(config)  # type: ignore[attr-defined]
        body.__annotations__ = {"context": dg.AssetExecutionContext} | ({"config": config} if config else {})
        make = dg.multi_asset(
            name=function.__name__,
            outs=outs,
            deps=sorted({_PRODUCER.get(name, name) for name in (*reads.tables, *after)} - set(outs)),
            required_resource_keys={"store", "engine", *reads.resources},
            check_specs=[
                dg.AssetCheckSpec("contract", asset=table.name, blocking=True, description=_CONTRACT)
                for table in tables
            ],
        )
        return make(body)

    return decorate


_CONTRACT: Final = (
    "Columns, types, ranges, closed vocabularies and a unique key, as declared; rows that break it are not stored."
)


def _out(table: Table, function: Function, kinds: set[str]) -> dg.AssetOut:
    summary = inspect.getdoc(function) or ""
    return dg.AssetOut(
        description=f"{summary}\n\nOne row is {table.grain}.",
        io_manager_key="tables",
        is_required=False,
        kinds=kinds,
        owners=[OWNER],
        metadata={"dagster/column_schema": column_schema(table), "dagster/table_name": table.name},
    )


def _signature(config: type[dg.Config] | None) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("context", kind, annotation=dg.AssetExecutionContext)]
    if config:
        parameters.append(inspect.Parameter("config", kind, annotation=config))
    return inspect.Signature(parameters)


@dataclass(frozen=True)
class _Reads:
    """What a function asks for by the names of its parameters."""

    names: tuple[str, ...]
    tables: tuple[str, ...]
    resources: tuple[str, ...]

    @property
    def has_texts(self) -> bool:
        """Whether the function takes the compared texts."""
        return "texts" in self.names

    @property
    def has_derivation(self) -> bool:
        """Whether the function computes by document."""
        return "derive" in self.names

    @classmethod
    def of(cls, function: Function) -> "_Reads":
        """Read off the function's parameters; body texts come from the same table as everything computed from them."""
        names = [name for name in inspect.signature(function).parameters if name != "config"]
        special = {"texts", "derive"}
        tables = [name for name in names if name in TABLES]
        if special & set(names):
            tables.append(DOCUMENT_TEXTS.name)
        resources = [name for name in names if name not in TABLES and name not in special]
        return cls(tuple(names), tuple(dict.fromkeys(tables)), tuple(resources))


@dataclass(frozen=True)
class _Recipe:
    """What the decorator was given."""

    tables: tuple[Table, ...]
    code: str
    appends: tuple[Table, ...]
    plots: Plots | None

    def mode(self, table: Table) -> str:
        """How rows of the table are written."""
        return "append" if table in self.appends else "replace"


def _materialize(
    context: dg.AssetExecutionContext, function: Function, recipe: _Recipe, reads: _Reads, settings: dict[str, Any]
) -> Iterator[Any]:
    store: Store = context.resources.store
    context.resources.engine.progress(function.__name__, 0, 1)
    resources = {name: getattr(context.resources, name) for name in reads.resources}
    version = sha256(
        code_version(recipe.code) + "".join(str(getattr(r, "fingerprint", "")) for r in resources.values())
    )
    inputs = [TABLES[name] for name in reads.tables if TABLES[name] not in recipe.tables]
    fingerprint = sha256(version + "".join(f"{table.name}={store.content_sha256(table)}" for table in inputs))
    if not recipe.appends and all(store.fingerprint(table) == fingerprint for table in recipe.tables):
        context.log.info("Nothing that this depends on has changed: nothing recomputed.")
        for table in recipe.tables:
            yield _result(context, Rows(table, store.read(table), mode="none"), recipe, {"documents computed": 0})
        return
    derivation = Derivation(recipe.tables[0], store, context.resources.engine, version)
    arguments: dict[str, Any] = {
        name: store.read(TABLES[name], _columns(TABLES[name])) for name in reads.tables if name in reads.names
    }
    arguments |= resources | settings
    if reads.has_texts:
        arguments["texts"] = compared_texts(store)
    if reads.has_derivation:
        arguments["derive"] = derivation
    returned = function(**arguments)
    counts = {}
    if reads.has_derivation:
        context.log.info(f"{derivation.computed_count} documents computed, {derivation.kept_count} kept as they were.")
        counts = {"documents computed": derivation.computed_count, "documents kept": derivation.kept_count}
    frames = [returned] if isinstance(returned, pd.DataFrame) else list(returned)
    for table, frame in zip(recipe.tables, frames, strict=True):
        rows = Rows(table, conform(frame, table), recipe.mode(table), fingerprint, derivation.ledger)
        yield _result(context, rows, recipe, counts)


def _columns(table: Table) -> list[str]:
    """All columns but the body text: a run never holds all texts at once unless its asset asks for `texts`."""
    return [name for name in table.column_names if name != "text"]


def compared_texts(store: Store) -> pd.DataFrame:
    """`document_id`, `text_sha256` and `text` of the compared documents."""
    documents = store.read(DOCUMENTS, ["document_id", "is_compared"])
    compared = documents.loc[documents["is_compared"].fillna(False), "document_id"].tolist()
    return store.read(
        DOCUMENT_TEXTS, ["document_id", "text_sha256", "text"], {"document_id": compared, "is_current": [True]}
    )


def _result(
    context: dg.AssetExecutionContext, rows: Rows, recipe: _Recipe, counts: dict[str, int]
) -> dg.MaterializeResult[Any] | dg.AssetCheckResult:
    """The table with what the UI shows of it, or, where it breaks its contract, the failed check and nothing to store."""
    context.resources.engine.progress(rows.table.name, 1, 1)
    broken = violations(rows.frame, rows.table)
    check = dg.AssetCheckResult(
        passed=not broken,
        check_name="contract",
        asset_key=rows.table.name,
        metadata={"rows": len(rows.frame), "violations": "\n".join(broken) or "none"},
    )
    if broken:
        context.log.error(f"{rows.table.name} breaks its contract and is not stored:\n" + "\n".join(broken))
        return check
    metadata = {
        "dagster/row_count": len(rows.frame),
        "preview": table_preview(rows.frame),
        **counts,
        **(recipe.plots(rows.frame) if recipe.plots else {}),
    }
    return dg.MaterializeResult(asset_key=rows.table.name, value=rows, metadata=metadata, check_results=[check])
