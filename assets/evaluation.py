"""Evaluation assets: agreement of the measures with coding done by hand."""

import pandas as pd

from assets.resources import Folders
from assets.table_assets import table_asset
from pipeline.codebook import Codebook
from pipeline.coder import Coder
from pipeline.corpus import voice
from pipeline.evaluation import agreement, coding, frozen, sentence_agreement
from pipeline.evaluation import coding_agreement as coding_agreement_of
from pipeline.features import frames, stance
from pipeline.labels import Labels
from pipeline.tables import evaluation
from pipeline.training import Training


@table_asset(evaluation.LABEL_AGREEMENT, code="pipeline.evaluation.agreement", kinds={"pandas", "deltalake"})
def label_agreement(
    documents: pd.DataFrame, document_stance: pd.DataFrame, document_frames: pd.DataFrame,
    codebook: Codebook, training: Training, folders: Folders,
) -> pd.DataFrame:  # fmt: skip
    """How often the measures say what was coded: the essay, the sample's planted labels, sentences set aside."""
    hand_coding = coding.read_all(folders.data, codebook.codes)
    read = agreement.agreement(hand_coding, documents, document_stance, document_frames)
    aside = training.frozen()
    found = coded_by(aside, training.coder, codebook)
    return pd.concat([read, sentence_agreement.agreement(aside.sentences, frozen.labelled(aside), found)])


def coded_by(aside: Labels, coder: Coder, codebook: Codebook) -> pd.DataFrame:
    """Sentences set aside, as the pipeline codes stance, frames and voice."""
    texts, sentences = frozen.as_documents(aside, voice.label)
    stance_rows = stance.code_sentences(texts, sentences, codebook=codebook, coder=coder)
    frame_rows = frames.code_sentences(texts, sentences, codebook=codebook, coder=coder)
    return frozen.coded(sentences, stance_rows, frame_rows)


@table_asset(evaluation.CODING_AGREEMENT, code="pipeline.evaluation.coding_agreement", kinds={"pandas", "deltalake"})
def coding_agreement(codebook: Codebook, folders: Folders) -> pd.DataFrame:
    """How far two independent passes over the labelled sentences agree, before adjudication."""
    passes = pd.read_csv(folders.data / "codebook" / "labels" / "coding" / "passes.csv", keep_default_na=False)
    return coding_agreement_of.agreement(passes, codebook.codes["target"], codebook.codes["frame"])
