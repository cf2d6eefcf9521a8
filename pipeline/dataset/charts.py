"""Charts of analysts and documents: SVG text for the report, a small PNG for a preview. No files are written here.

Every chart says the same in three ways: position, words beside it, and a description for those who cannot see it. Text
is drawn as paths, so that a chart looks alike on every machine. Where a frame holds nothing to draw, the chart says so.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

import pandas as pd
from matplotlib import font_manager, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

MOST_ROWS: Final = 20
MOST_PREVIEW_ROWS: Final = 12
PREVIEW_BYTES: Final = 36_000
HEADLINE: Final = "author_flesch_kincaid_grade"
TOO_LITTLE: Final = "too little evidence"
DISTANCES: Final = {
    "overall_distance": "Overall\n(rank, 0 to 1)",
    "readability_distance": "Readability\n(std. deviations)",
    "stance_distance": "Stance\n(0 to 1)",
    "frames_distance": "Frames\n(0 to 1)",
    "topics_distance": "Topics\n(0 to 1)",
}
# Below this many shared targets a stance distance is drawn hollow, as the codebook's rule 7 asks three of a score.
ENOUGH_SHARED_TARGETS: Final = 3
INK, QUIET, FAINT = "#1f2933", "#5f6b7a", "#e3e7ec"
_BLUE, _GREY = "#0063a6", "#7b8591"
# Color and mark by verdict. Blue and burnt orange stay apart under the common kinds of color blindness.
_LOOKS: Final = {
    "higher than the rest": (_BLUE, ">"),
    "lower than the rest": ("#b34700", "<"),
    "not distinguishable": ("#374151", "o"),
    TOO_LITTLE: (_GREY, "o"),
}
_READING: Final = (
    "Mark: mean of the texts. Line: 95 % interval, up to the ends of the scale. Figure on the right: number of texts.\n"
    "Right arrow: higher than the rest. Left arrow: lower. Dot: not distinguishable. Hollow grey: too little evidence."
)
_EACH_DOT: Final = "Each dot is one text; left is nearer to the essay. Hollow grey: fewer than three targets in common."
_NO_VALUE: Final = {"document_count": 0, "verdict": TOO_LITTLE}
_STYLE: Final[dict[str, Any]] = {
    "svg.hashsalt": "parley", "svg.fonttype": "path",
    "text.parse_math": False, "font.family": "DejaVu Sans", "font.size": 9,
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), INK),
    **dict.fromkeys(("axes.edgecolor", "grid.color"), FAINT),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "axes.spines.left", "ytick.left"), False),
    "xtick.color": QUIET, "xtick.labelsize": 8, "axes.axisbelow": True,
    "axes.titlelocation": "left", "axes.titlesize": 8, "axes.titleweight": "bold",
}  # fmt: skip
# The look is set for the length of one drawing, and the caller's own settings are back afterwards.
_drawing = style.context(["default", _STYLE], after_reset=True)


@_drawing
def readability_chart(analyst_profiles: pd.DataFrame) -> str:
    """SVG: each analyst's Flesch-Kincaid grade with its interval, hardest first; `analyst_profiles` is conformed."""
    rows = _readability_rows(analyst_profiles, MOST_ROWS)
    parts = [f"{row['group_name']}: {value_in_words(row, 'grade')}" for row in records(rows)]
    return _svg(_readability_figure(rows), "readability", "How hard the texts are to read, by analyst", parts)


@_drawing
def frame_chart(analyst_profiles: pd.DataFrame, names: Mapping[str, str]) -> str:
    """SVG: share of author-voice sentences that use each frame, a panel a frame; `names` maps ids to descriptions."""
    return _panels(analyst_profiles, names, "frames", "Share of sentences that use each frame, by analyst")


@_drawing
def stance_chart(analyst_profiles: pd.DataFrame, names: Mapping[str, str]) -> str:
    """SVG: mean stance (-1 against, 1 in favor), a panel a target; an analyst who takes no position has no mark."""
    return _panels(analyst_profiles, names, "stance", "Mean stance on each target, by analyst")


@_drawing
def distance_chart(document_comparison: pd.DataFrame) -> str:
    """SVG: each compared document's distance from the essay, a dot a document, by analyst, nearest analyst first."""
    title = "How far each text stands from the essay, by analyst"
    rows = document_comparison[document_comparison["overall_distance"].notna()].fillna({"analyst": "not named"})
    if rows.empty:
        return _svg(_words("No text has a distance from the essay."), "distance", title, [])
    middle = rows.groupby("analyst")["overall_distance"].agg(["median", "size"]).reset_index()
    order = middle.sort_values(["median", "analyst"], ignore_index=True).head(MOST_ROWS)
    parts = [f"{row['analyst']}: median overall distance {row['median']:.2f}, {counted(row['size'], 'text')}"
             for row in records(order)]  # fmt: skip
    return _svg(_distance_figure(rows, order), "distance", title, parts)


@_drawing
def preview(analyst_profiles: pd.DataFrame) -> bytes:
    """PNG of the readability chart, at most 36,000 bytes, for the metadata of an asset."""
    return png(_readability_figure(_readability_rows(analyst_profiles, MOST_PREVIEW_ROWS)))


def png(figure: Figure, most_bytes: int = PREVIEW_BYTES) -> bytes:
    """A figure as PNG in 32 colours, at the finest of a few resolutions that keeps within `most_bytes`.

    Raises:
        ValueError: even the coarsest is too large; draw less.
    """
    for dots_per_inch in (110, 90, 72, 54, 40):
        drawn, small = io.BytesIO(), io.BytesIO()
        figure.savefig(drawn, format="png", dpi=dots_per_inch, bbox_inches="tight", facecolor="white")
        Image.open(drawn).convert("RGB").quantize(32, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() <= most_bytes:
            return small.getvalue()
    raise ValueError(f"the figure takes {small.tell()} bytes as PNG, over the {most_bytes} allowed; draw fewer rows")


def short_name(identifier: str, names: Mapping[str, str]) -> str:
    """An id in words, its names spelled as in its description: nato_membership is "NATO membership"."""
    described = enumerate(re.findall(r"[^\W\d_]{2,}", names.get(identifier, "")))
    # The first word of a description is written large for being the first.
    spelled = {word.lower(): word for place, word in described if word.isupper() or (place and word[0].isupper())}
    label = " ".join(spelled.get(word, word) for word in identifier.split("_"))
    return label[:1].upper() + label[1:]


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 text", "4 texts"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def formatted(value: float, unit: str) -> str:
    """A value in its unit and within its scale: `share` in percent, `stance` with its sign, else one decimal."""
    if unit == "share":
        return f"{100 * min(max(value, 0), 1):.0f} %"
    if unit == "stance":
        within = round(min(max(value, -1), 1), 2)
        return f"{within:+.2f}" if within else "0.00"
    return f"{value:.1f}"


def spanned(low: float, high: float, unit: str) -> str:
    """An interval in its unit: "13 to 28 %"."""
    return f"{formatted(low, unit).removesuffix(' %')} to {formatted(high, unit)}"


def value_in_words(row: Mapping[str, Any], unit: str) -> str:
    """A profile's estimate, interval, number of texts and verdict; too little evidence is never a bare number."""
    texts = counted(int(row["document_count"]), "text")
    if row["estimate"] is None or (row["verdict"] == TOO_LITTLE and row["estimate_low"] is None):
        return f"{TOO_LITTLE} ({texts})"
    interval = "no interval"
    if row["estimate_low"] is not None:
        interval = spanned(row["estimate_low"], row["estimate_high"], unit)
    return f"{formatted(row['estimate'], unit)} ({interval}), {texts}, {row['verdict']}"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dictionaries, every missing cell None."""
    return [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]


def in_order(identifiers: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The distinct ids in the order of `names`, then those without a name in their own order."""
    present = set(identifiers)
    return [name for name in names if name in present] + sorted(present - set(names))


def _readability_rows(analyst_profiles: pd.DataFrame, most: int) -> pd.DataFrame:
    is_shown = (analyst_profiles["group_kind"] == "analyst") & (analyst_profiles["measure"] == HEADLINE)
    rows = analyst_profiles[is_shown].nlargest(most, "document_count")
    return rows.sort_values(["estimate", "group_name"], ascending=[False, True])


def _readability_figure(rows: pd.DataFrame) -> Figure:
    if rows.empty:
        return _words("No analyst has a readability profile.")
    figure = Figure(figsize=(4.2, 0.8 + 0.34 * len(rows)))
    axes = figure.add_subplot()
    _marks(axes, rows, is_annotated=True)
    axes.set_yticks(range(len(rows)), [_drawable(name) for name in rows["group_name"]])
    axes.set_xlabel("Flesch-Kincaid grade, in US school years, of own sentences\nGrey bar: mean of all others")
    axes.grid(axis="x")
    return figure


def _marks(axes: Axes, rows: pd.DataFrame, *, is_annotated: bool) -> None:
    """One row a line from the top: interval, mark, and on the right the words or the number of texts."""
    for y, row in enumerate(records(rows)):
        color, marker = _LOOKS[row["verdict"]]
        fill, quiet = ("white", QUIET) if row["verdict"] == TOO_LITTLE else (color, color)
        if row["estimate_low"] is not None:
            axes.plot([row["estimate_low"], row["estimate_high"]], [y, y], color=color, linewidth=1.6)
        if is_annotated and row["rest_estimate"] is not None:
            axes.plot([row["rest_estimate"]] * 2, [y - 0.28, y + 0.28], color="#a3abb5", linewidth=1.4)
        if row["estimate"] is not None:
            axes.plot(row["estimate"], y, marker, ms=5.5, color=color, mfc=fill, zorder=3, clip_on=False)
        words, size = (value_in_words(row, "grade"), 8) if is_annotated else (str(row["document_count"]), 7)
        axes.text(1.02, y, words, transform=axes.get_yaxis_transform(), va="center", fontsize=size, color=quiet)
    axes.set_ylim(len(rows) - 0.5, -0.5)


def _panels(profiles: pd.DataFrame, names: Mapping[str, str], family: str, title: str) -> str:
    rows = profiles[(profiles["group_kind"] == "analyst") & (profiles["measure_family"] == family)]
    if rows["estimate"].isna().all():
        return _svg(_words(f"No analyst has a profile of {family}."), family, title, [])
    sizes = rows.groupby(["group_name", "group_id"])["document_count"].max().reset_index()
    groups = sizes.nlargest(MOST_ROWS, "document_count").sort_values("group_name")[["group_id", "group_name"]]
    unit, across, low, high = ("share", 5, 0.0, 1.0) if family == "frames" else ("stance", 4, -1.0, 1.0)
    ends = {name: rows[name].clip(low, high) for name in ("estimate_low", "estimate_high")}
    shown = rows.assign(**ends).merge(groups, on=["group_id", "group_name"])
    reach = 1.1 * (float(shown[["estimate", "estimate_high"]].max().max()) if unit == "share" else high)
    ids = in_order(rows["measure"].str.removeprefix(f"{family}."), names)
    grid = _grid(len(ids), across, 0.185 * len(groups))
    parts = []
    for axes, identifier in zip(grid, ids, strict=False):
        own = shown[shown["measure"] == f"{family}.{identifier}"]
        chosen = groups.merge(own, "left", on=["group_id", "group_name"]).fillna(_NO_VALUE)
        _panel(axes, chosen, short_name(identifier, names), unit, reach)
        spoken = "; ".join(f"{row['group_name']} {value_in_words(row, unit)}" for row in records(chosen))
        parts.append(f"{short_name(identifier, names)}: {spoken}")
    _note(grid[-across], _READING, 0.185 * len(groups))
    return _svg(grid[0].get_figure(), family, title, parts)


def _grid(count: int, across: int, height: float) -> list[Axes]:
    """Axes `height` inches high for `count` panels, row by row; those of the last row that are left over are blank."""
    down = -(-count // across)
    figure = Figure(figsize=(8.6, 0.4 + down * (0.62 + height)))
    grid = list(figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).flat)
    figure.subplots_adjust(wspace=0.24, hspace=0.5 / height)
    for axes in grid[count:]:
        axes.set_axis_off()
    return grid


def _panel(axes: Axes, rows: pd.DataFrame, title: str, unit: str, reach: float) -> None:
    _marks(axes, rows, is_annotated=False)
    axes.set_title(_drawable(title, 26))
    axes.set_yticks(range(len(rows)), [_drawable(name, 24) for name in rows["group_name"]], fontsize=8)
    axes.grid(axis="x")
    axes.tick_params(labelbottom=True)
    if unit == "share":
        axes.set_xlim(0, reach or 1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    else:
        axes.set_xlim(-reach, reach)
        axes.set_xticks([-1, 0, 1], ["against", "0", "favor"])


def _distance_figure(rows: pd.DataFrame, order: pd.DataFrame) -> Figure:
    figure = Figure(figsize=(8.6, 0.8 + 0.26 * len(order)))
    grid = figure.subplots(1, len(DISTANCES), sharey=True)
    figure.subplots_adjust(wspace=0.14)
    shown = rows.merge(order.reset_index(names="y"), on="analyst")
    has_few = shown["stance_shared_target_count"].fillna(0) < ENOUGH_SHARED_TARGETS
    for axes, (column, label) in zip(grid, DISTANCES.items(), strict=True):
        is_hollow = has_few & (column == "stance_distance")
        for part, color, fill in ((~is_hollow, _BLUE, _BLUE), (is_hollow, _GREY, "white")):
            axes.plot(shown.loc[part, column], shown.loc[part, "y"], "o", ms=5.5, color=color, mfc=fill, alpha=0.65)
        axes.set_title(label)
        axes.grid(True)
        if column != "readability_distance":
            axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.set_xlim(0, None if column == "readability_distance" else 1.08)
    names = [f"{_drawable(row['analyst'])} ({row['size']})" for row in records(order)]
    grid[0].set_yticks(range(len(order)), names)
    grid[0].set_ylim(len(order) - 0.5, -0.5)
    _note(grid[0], _EACH_DOT, 0.26 * len(order))
    return figure


def _note(axes: Axes, words: str, height: float) -> None:
    """Words about a third of an inch under axes that are about `height` inches high."""
    axes.text(0, -0.36 / height, words, transform=axes.transAxes, fontsize=8, color=QUIET, va="top")


def _words(sentence: str) -> Figure:
    figure = Figure(figsize=(4.2, 0.4))
    figure.text(0, 0.5, sentence, color=QUIET, va="center")
    return figure


def _drawable(text: str, most: int = 30) -> str:
    """One line that the bundled font can draw: other characters become a question mark, and long text ends in "…"."""
    known = font_manager.get_font(font_manager.findfont("DejaVu Sans")).get_charmap()
    line = "".join(letter if ord(letter) in known else "?" for letter in " ".join(text.split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _svg(figure: Any, name: str, title: str, parts: Sequence[str]) -> str:
    """SVG with a title and a description, its ids prefixed and its style confined, so that several fit in one page."""
    drawn = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(drawn, format="svg", bbox_inches="tight", pad_inches=0.04, transparent=True, metadata=nothing)
    text = re.sub(r"<!--.*?-->\s*", "", drawn.getvalue()[drawn.getvalue().index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(?<=[\s"(])(id="|xlink:href="#|clip-path="url\(#)', rf"\g<1>{name}-", text)
    text = text.replace("*{", f"#chart-{name} *{{")
    spoken = "".join(letter for letter in ". ".join(parts) if letter.isprintable())
    labels = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(spoken)}</desc>'
    opening = f'<svg id="chart-{name}" role="img" aria-labelledby="{name}-title {name}-desc" '
    return re.sub(r"<svg ([^>]*)>", lambda match: f"{opening}{match[1]}>{labels}", text, count=1)
