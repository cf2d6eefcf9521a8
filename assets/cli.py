"""The `parley` command: build, re-ingest, add, export, remove, and open the UI."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Annotated, Any

import dagster as dg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from assets.instance import PROCESS_TAG, prepare_home, process_tag, retire_dead_runs
from assets.resources import ROOT, TERMINAL, folders, internet, open_store
from pipeline import codebook as codebooks
from pipeline.corpus import accounting, additions, configuration, withdrawal
from pipeline.corpus.article import Rejected
from pipeline.dataset import bundle, export
from pipeline.store import RawBodies
from pipeline.tables import corpus, dataset

app = typer.Typer(
    help="Compares how analysts framed the Ukraine peace talks.", no_args_is_help=True, add_completion=False
)
# Bound to the stream itself, because Dagster's own log lines are sent elsewhere while a job runs.
console = Console(file=sys.stderr)

# How long `parley add` looks at an address, with all that the site names.
_ADD_SECONDS = 60.0

Sources = Annotated[list[str] | None, typer.Argument(help="Ids from data/corpus/sources.toml; none means all.")]


@contextmanager
def _progress_bar() -> Iterator[None]:
    """A bar for the task at hand; nothing where the output is no terminal, so that logs stay readable."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting")
        token = TERMINAL.set(lambda name, done, total: bar.update(task, description=name, completed=done, total=total))
        try:
            yield
        finally:
            TERMINAL.reset(token)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """What a user can put right is said in a line, without a traceback."""
    try:
        yield
    except (ValueError, FileNotFoundError, Rejected) as error:
        console.print(str(error), markup=False, style="red")
        raise typer.Exit(2) from None


def _execute(job_name: str, run_config: dict[str, Any]) -> None:
    """Run a job in this process, on record in Dagster's history; a run that fails ends the command with exit code 1."""
    with _clear_errors():
        # The run reads them again; read here first, a mistake in them is told before anything starts.
        configuration.load(folders().corpus)
        codebooks.load(folders().data / "codebook")
    home = prepare_home()
    from assets.definitions import defs  # after DAGSTER_HOME is set

    job = defs.resolve_job_def(job_name)
    log = home / "last-build.log"
    with dg.DagsterInstance.get() as instance, _progress_bar(), log.open("w") as lines, redirect_stderr(lines):
        retire_dead_runs(instance)
        result = job.execute_in_process(
            run_config=run_config, instance=instance, raise_on_error=False, tags={PROCESS_TAG: process_tag()}
        )
    if not result.success:
        for event in result.all_events:
            if event.is_step_failure:
                console.print(f"[red]failed[/] {event.step_key}", highlight=False)
                console.print(_first_words(event), markup=False)
        console.print(
            f"The whole log is in {log}; `parley ui` shows it as run {result.run_id}.", markup=False, soft_wrap=True
        )
        raise typer.Exit(1)
    _summary(result)


def _first_words(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error and error.cause:
        error = error.cause
    return error.message.strip() if error else (event.message or "")


def _summary(result: dg.ExecuteInProcessResult) -> None:
    store = open_store()
    documents = store.read(corpus.DOCUMENTS)
    latest = accounting.latest(store.read(corpus.FETCHES), store.read(corpus.SOURCE_HEALTH))
    builds = store.read(dataset.BUILDS)
    states = ", ".join(f"{count} {label}" for label, count in latest["state_label"].value_counts().items())
    print(f"Inputs: {states or 'none'}.")
    for line in accounting.refusals(latest):
        print(f"  {line}")
    for line in accounting.troubles(store.read(corpus.SOURCE_HEALTH)):
        print(f"  {line}")
    for line in accounting.foldings(documents):
        print(f"  {line}")
    compared = documents.loc[documents["is_compared"].fillna(False)]
    stands_in = (compared["origin_label"] == "sample").any()
    print(f"Documents: {len(documents)} held, {len(compared)} compared.")
    if stands_in:
        print(
            "Parley's own sample texts stand in until ten documents of yours are compared: put some into data/corpus/inbox/."
        )
    if len(builds) > 1 and builds["content_sha256"].iloc[-1] == builds["content_sha256"].iloc[-2]:
        print("Nothing new: nothing was recomputed, and the dataset is as it was.")
    print(f"Dataset: {folders().dataset}")


@app.command()
def build() -> None:
    """Read all enabled sources, compute what is new, and write the dataset."""
    _execute("build_dataset", {})


@app.command()
def reingest(only: Sources = None) -> None:
    """Read the named sources again, and build."""
    with _clear_errors():
        configuration.load(folders().corpus).chosen(only or [])
    _execute("reingest", {"sources": only or []})


@app.command()
def add(
    given: Annotated[str, typer.Argument(metavar="URL|FILE|OPML", help="A feed, a site, an article, a table, a list.")],
    name: Annotated[str, typer.Option(help="Id of the new source; made from its title where left out.")] = "",
    outlet: Annotated[str, typer.Option(help="Outlet, where the pages do not say it.")] = "",
    perspective: Annotated[str, typer.Option(help="School or region, for grouping.")] = "",
) -> None:
    """Add a source to data/corpus/sources.toml, and say what was found there."""
    with _clear_errors():
        known = configuration.load(folders().corpus).sources
        with internet().open(known.web) as fetcher:
            addition = additions.plan(
                given, folders().data, lambda requests: list(fetcher.fetch(requests, _ADD_SECONDS)), known,
                name=name, outlet=outlet, perspective=perspective,
            )  # fmt: skip
        additions.apply(addition, folders().corpus)
    for sentence in addition.found:
        print(sentence)
    if addition.entries or addition.files:
        print("`parley build` reads it, as does `make ui` at the next scheduled round.")


@app.command(name="export")
def export_tables(
    table: Annotated[
        list[str] | None, typer.Option(help="A table by name; may be given again. All where left out.")
    ] = None,
    format: Annotated[str, typer.Option(help="csv, parquet or xlsx.")] = "csv",
    to: Annotated[Path | None, typer.Option(help="Folder to write to; data/dataset where left out.")] = None,
) -> None:
    """Write tables of the last build as CSV, Parquet or one Excel workbook."""
    with _clear_errors():
        if format not in (*export.FORMATS, "xlsx"):
            raise ValueError(f"no format {format!r}; there are csv, parquet and xlsx")
        chosen = bundle.selected(table or [])
    folder, store = (to or folders().dataset).resolve(), open_store()
    frames = {entry: store.read(entry) for entry in chosen}
    if format == "xlsx":
        with _clear_errors():
            book = export.excel_bytes(frames)
        export.write(folder / "parley.xlsx", book)
        print(folder / "parley.xlsx")
        return
    for entry, frame in frames.items():
        export.write(folder / f"{entry.name}.{format}", export.FORMATS[format](frame, entry))
        print(folder / f"{entry.name}.{format}")


@app.command()
def remove(
    document_id: Annotated[str, typer.Argument(help="Id from documents.csv.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "taken down",
) -> None:
    """Withdraw a document: its text goes from the store, its past versions and the raw bodies, and stays out."""
    with _clear_errors():
        path = withdrawal.withdraw(
            document_id, reason, folders().corpus, open_store("remove"), RawBodies(folders().data / "raw")
        )
    print(
        f"{document_id} is withdrawn in {folders().corpus / 'overrides.csv'}. Your own file is left where it is: {path}"
    )
    _execute("build_dataset", {})


@app.command()
def ui(port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000) -> None:
    """Open Dagster: the asset graph, runs, the daily schedule and the inbox sensor, until Ctrl-C."""
    home = prepare_home()
    with dg.DagsterInstance.get() as instance:
        retire_dead_runs(instance)
    print(f"Dagster is starting at http://127.0.0.1:{port} (history in {home}); stop it with Ctrl-C.", flush=True)
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-w",
        str(ROOT / "workspace.yaml"),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    # In a session of its own, so that a Ctrl-C reaches it once, from here, and it can end its children in order.
    server = subprocess.Popen(command, cwd=ROOT, start_new_session=True, env=os.environ)
    signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
    try:
        raise typer.Exit(server.wait())
    except KeyboardInterrupt:
        server.send_signal(signal.SIGINT)
        server.wait()


if __name__ == "__main__":
    app()
