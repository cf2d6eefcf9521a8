"""Evaluation assets: agreement of the measures with coding done by hand."""

import pandas as pd

from assets.resources import Folders
from assets.table_assets import table_asset
from pipeline.codebook import Codebook
from pipeline.evaluation import agreement, coding
from pipeline.evaluation import coding_agreement as coding_agreement_of
from pipeline.tables import evaluation


@table_asset(evaluation.LABEL_AGREEMENT, code="pipeline.evaluation.agreement", kinds={"pandas", "deltalake"})
def label_agreement(
    documents: pd.DataFrame, document_stance: pd.DataFrame, document_frames: pd.DataFrame,
    codebook: Codebook, folders: Folders,
) -> pd.DataFrame:  # fmt: skip
    """How often the measures say what a person coded, for the essay and for the sample's planted labels."""
    hand_coding = coding.read_all(folders.data, codebook.codes)
    return agreement.agreement(hand_coding, documents, document_stance, document_frames)


@table_asset(evaluation.CODING_AGREEMENT, code="pipeline.evaluation.coding_agreement", kinds={"pandas", "deltalake"})
def coding_agreement(codebook: Codebook, folders: Folders) -> pd.DataFrame:
    """How far two independent passes over the labelled sentences agree, before adjudication."""
    passes = pd.read_csv(folders.data / "codebook" / "labels" / "coding" / "passes.csv", keep_default_na=False)
    return coding_agreement_of.agreement(passes, codebook.codes["target"], codebook.codes["frame"])
