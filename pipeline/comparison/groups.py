"""Which documents belong to which group: analysts, outlets, perspectives and calendar months. No measures here."""

from typing import Final

import pandas as pd

from pipeline.text import stable_id

COLUMNS: Final = ("group_kind", "group_id", "group_name", "document_id")


def memberships(
    documents: pd.DataFrame,
    document_analysts: pd.DataFrame,
    kinds: tuple[str, ...] = ("analyst", "outlet", "perspective", "period"),
) -> pd.DataFrame:
    """One row a group and compared document: `group_kind`, `group_id`, `group_name`, `document_id`, in that order.

    A co-authored document is in the group of each of its analysts. A period is the calendar month of publication, named
    `2025-04`. A document without the analyst, outlet, perspective or date in question is in no group of that kind.
    """
    compared = documents[documents["is_compared"].fillna(False).astype(bool)]
    parts = [_members(kind, compared, document_analysts) for kind in kinds]
    whole = pd.concat(parts, ignore_index=True)
    whole = whole[whole["group_name"].notna() & (whole["group_name"].str.strip() != "")]
    whole = whole.drop_duplicates(["group_kind", "group_id", "document_id"])
    return whole.sort_values(["group_kind", "group_id", "document_id"], ignore_index=True)


def _members(kind: str, compared: pd.DataFrame, document_analysts: pd.DataFrame) -> pd.DataFrame:
    if kind == "analyst":
        named = document_analysts[document_analysts["document_id"].isin(compared["document_id"])]
        members = named.rename(columns={"analyst_id": "group_id", "analyst": "group_name"})
    elif kind == "period":
        month = compared["published_date"].dt.strftime("%Y-%m")
        members = compared.assign(group_name=month, group_id="period_" + month.str.replace("-", "_"))
    else:
        ids = compared[kind].map(lambda name: stable_id(kind, name), na_action="ignore")
        members = compared.assign(group_name=compared[kind], group_id=ids)
    return members.assign(group_kind=kind)[list(COLUMNS)].astype("str")
