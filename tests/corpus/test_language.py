"""Language: English prose of every desk is told from other languages, and a few words are not guessed at."""
# ruff: noqa: E501 - a sentence a line

from pathlib import Path

import pytest

from pipeline.corpus.language import language

DATA = Path(__file__).parents[2] / "data" / "corpus"
OTHERS = {
    "de": "Die Gespräche in Istanbul dauerten drei Tage und brachten kein Ergebnis, das eine der beiden Seiten zu Hause hätte vorzeigen können.",
    "fr": "Les pourparlers d'Istanbul ont duré trois jours sans aucun résultat que l'un des deux camps aurait pu montrer chez lui le soir même.",
    "ru": "Переговоры в Стамбуле продолжались три дня и не дали никакого результата, который хоть одна из сторон могла бы показать у себя дома сегодня вечером всем.",
    "uk": "Переговори в Стамбулі тривали три дні й не дали жодного результату, який бодай одна зі сторін могла б показати у себе вдома цього вечора всім людям.",
    "pl": "Rozmowy w Stambule trwały trzy dni i nie przyniosły żadnego wyniku, który którakolwiek ze stron mogłaby pokazać u siebie w domu tego wieczoru wszystkim.",
}
NAMES = (
    "Zelensky, Yermak, Umerov and Sybiha met Witkoff, Kellogg and Rubio in Jeddah; Lavrov, Ushakov and Dmitriev flew to Riyadh, "
    "while Starmer, Macron, Merz and Tusk travelled together to Kyiv."
)


@pytest.mark.parametrize(("code", "text"), OTHERS.items())
def test_other_languages_are_told(code: str, text: str) -> None:
    assert language(text) == code


def test_all_essays_and_sample_pieces_are_english() -> None:
    paths = [*DATA.glob("essays/*.txt"), *DATA.glob("sample/*/*.md")]
    assert len(paths) >= 33
    assert {language(path.read_text(encoding="utf-8")) for path in paths} == {"en"}


def test_english_full_of_foreign_names_is_english() -> None:
    assert language(NAMES) == "en"


@pytest.mark.parametrize("text", ["", "Die Gespräche sind gescheitert.", "Nyet. Nyet. Nyet."])
def test_a_few_words_are_not_guessed_at(text: str) -> None:
    assert language(text) == ""
