"""Which characters there are, while files come, change, break and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest
from watchfiles import awatch

from tests.deadlines import WAIT_SECONDS
from vivavoce.engines.tts.kokoro_voices import VOICE_LEVELS, language_of
from vivavoce.errors import InputError, VivavoceError
from vivavoce.personas import watching
from vivavoce.personas.library import PersonaLibrary
from vivavoce.personas.schema import CharacterFile
from vivavoce.personas.shelf import MAX_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def written(name: str) -> CharacterFile:
    return CharacterFile.model_validate({"name": name, "languages": ["en"], "instructions": f"You are {name}."})


def put(folder: Path, persona_id: str, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{persona_id}.yaml").write_text(f"name: {name}\nlanguages: [en]\ninstructions: You are {name}.\n")


def test_the_characters_that_ship_load_and_speak_both_languages() -> None:
    library = PersonaLibrary()

    assert library.problems() == ()
    assert {persona.id for persona in library.all()} == {"viva", "xiaomei", "lin"}
    assert library.get("viva").languages == ("en", "zh")
    assert library.get("xiaomei").languages == ("zh",)
    for persona in library.all():
        assert persona.greeting
        assert persona.expressions
        assert 4 <= len(persona.fallback.working) <= 6


def test_the_characters_that_ship_have_voices_that_there_are_and_short_prompts() -> None:
    for persona in PersonaLibrary().all():
        wordings = dict(persona.wordings)
        for language, voice in persona.voice:
            assert voice == "heart" or language_of(voice) == language
            assert voice == "heart" or voice in VOICE_LEVELS
            instructions = wordings[language].instructions if language in wordings else persona.instructions
            assert len(instructions) < (450 if language == "en" else 160)


def test_an_unknown_character_is_refused_with_those_there_are(tmp_path: Path) -> None:
    library = PersonaLibrary(tmp_path)

    with pytest.raises(InputError) as caught:
        library.get("bob")

    assert caught.value.code == "persona_not_found"
    remedy = "Add it as bob.yaml to the folder of the setting 'personas', or choose one of: lin, viva, xiaomei."
    assert caught.value.remedy == remedy
    with pytest.raises(InputError) as caught:
        library.get("../bob")
    assert caught.value.remedy == "Choose one of: lin, viva, xiaomei."


async def test_one_of_the_users_own_replaces_one_that_ships_until_it_goes(tmp_path: Path) -> None:
    put(tmp_path, "viva", "My Viva")
    library = PersonaLibrary(tmp_path)
    assert (library.get("viva").name, library.is_own("viva"), library.is_own("lin")) == ("My Viva", True, False)

    await library.delete("viva")

    assert (library.get("viva").name, library.is_own("viva")) == ("Viva", False)


async def test_a_file_that_breaks_keeps_its_last_good_version_and_is_told(tmp_path: Path) -> None:
    put(tmp_path, "ada", "Ada")
    library = PersonaLibrary(tmp_path)

    (tmp_path / "ada.yaml").write_text("name: Ada\nlanguages: [en]\n")
    await library.refresh()

    assert library.get("ada").name == "Ada"
    assert library.written("ada") == written("Ada")
    [problem] = library.problems()
    assert problem.path == tmp_path / "ada.yaml"
    assert problem.message.startswith("ada.yaml, line 1: 'instructions': this field has to be there.")

    put(tmp_path, "ada", "Ada II")
    await library.refresh()
    assert library.problems() == ()
    assert library.get("ada").name == "Ada II"


def test_a_file_that_never_loaded_is_told_and_the_others_are_there(tmp_path: Path) -> None:
    put(tmp_path, "ada", "Ada")
    (tmp_path / "broken.yaml").write_text("name: [")
    (tmp_path / "old.yml").write_text("name: Old")
    (tmp_path / "notes.txt").write_text("not a character")
    (tmp_path / ".ada.yaml.1.partial").write_text("half of one")
    library = PersonaLibrary(tmp_path)

    assert library.get("ada").name == "Ada"
    assert [problem.path.name for problem in library.problems()] == ["broken.yaml", "old.yml"]
    assert "Name it old.yaml." in library.problems()[1].message


def test_a_folder_holds_a_bounded_number_of_characters(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        put(tmp_path, f"c{number:03}", "C")

    assert [problem.path.name for problem in PersonaLibrary(tmp_path).problems()] == [f"c{MAX_FILES:03}.yaml"]


async def test_listeners_are_told_what_is_new_changed_or_gone_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, "ada", "Ada")
    put(tmp_path, "bob", "Bob")
    library = PersonaLibrary(tmp_path)
    told: list[frozenset[str]] = []
    unsubscribe = library.subscribe(told.append)

    await library.refresh()
    assert told == []
    put(tmp_path, "ada", "Ada II")
    put(tmp_path, "eve", "Eve")
    (tmp_path / "bob.yaml").unlink()
    await library.refresh()
    assert told == [{"ada", "bob", "eve"}]
    unsubscribe()
    await library.delete("ada")
    assert len(told) == 1


async def test_one_that_is_saved_is_there_at_once(tmp_path: Path) -> None:
    library = PersonaLibrary(tmp_path / "not" / "yet")

    persona = await library.save("ada", written("Ada"))

    assert library.get("ada") == persona
    assert PersonaLibrary(tmp_path / "not" / "yet").get("ada") == persona


async def test_what_is_no_character_is_not_saved(tmp_path: Path) -> None:
    library = PersonaLibrary(tmp_path)
    foreign = CharacterFile.model_validate({"name": {"fr": "Ada"}, "languages": ["en"], "instructions": "Be."})

    for persona_id, file in {"../ada": written("Ada"), "Ada": written("Ada"), "ada": foreign}.items():
        with pytest.raises(InputError) as caught:
            await library.save(persona_id, file)
        assert caught.value.code == "persona_invalid"
    assert not library.is_own("ada")
    assert PersonaLibrary(tmp_path).all() == PersonaLibrary().all()


async def test_what_would_be_too_large_to_be_read_again_is_not_saved(tmp_path: Path) -> None:
    library = PersonaLibrary(tmp_path)
    languages = [f"{first}{second}" for first in "abcde" for second in "abcd"]
    long = dict.fromkeys(languages, "我" * 4000)
    file = CharacterFile.model_validate({"name": "Ada", "languages": languages, "instructions": long})

    with pytest.raises(InputError) as caught:
        await library.save("ada", file)

    assert (caught.value.code, caught.value.message) == ("persona_invalid", "ada.yaml is larger than 64 kB.")
    assert PersonaLibrary(tmp_path).problems() == ()


async def test_a_full_folder_takes_no_new_character_and_loses_none(tmp_path: Path) -> None:
    for number in range(MAX_FILES):
        put(tmp_path, f"c{number:03}", "C")
    library = PersonaLibrary(tmp_path)

    with pytest.raises(InputError) as caught:
        await library.save("ada", written("Ada"))
    assert caught.value.code == "persona_invalid"
    assert (await library.save("c007", written("James"))).name == "James"
    assert library.is_own(f"c{MAX_FILES - 1}")


def test_a_folder_that_cannot_be_read_is_told_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "ada", "Ada")
    listed = type(tmp_path).iterdir

    def refused(folder: Path) -> Iterator[Path]:
        if folder == tmp_path:
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(type(tmp_path), "iterdir", refused)
    library = PersonaLibrary(tmp_path)

    assert library.get("viva")
    (problem,) = library.problems()
    assert (problem.path, problem.message) == (tmp_path, "The folder cannot be read: Permission denied.")


async def test_only_the_users_own_are_deleted(tmp_path: Path) -> None:
    library = PersonaLibrary(tmp_path)

    with pytest.raises(InputError) as caught:
        await library.delete("lin")
    assert caught.value.code == "personas_read_only"
    with pytest.raises(InputError) as caught:
        await library.delete("nobody")
    assert caught.value.code == "persona_not_found"


async def test_without_a_folder_nothing_can_be_saved() -> None:
    with pytest.raises(InputError) as caught:
        await PersonaLibrary().save("ada", written("Ada"))
    assert caught.value.code == "personas_read_only"


async def test_a_folder_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    library = PersonaLibrary(tmp_path / "file")

    with pytest.raises(VivavoceError) as caught:
        await library.save("ada", written("Ada"))

    assert caught.value.code == "personas_unwritable"
    assert str(tmp_path) not in str(caught.value)


async def changed(library: PersonaLibrary, change: object) -> frozenset[str]:
    """Make the change, and return what the listeners are told of it."""
    told: list[frozenset[str]] = []
    heard = anyio.Event()

    def listen(ids: frozenset[str]) -> None:
        told.append(ids)
        heard.set()

    unsubscribe = library.subscribe(listen)
    assert callable(change)
    change()
    with anyio.fail_after(WAIT_SECONDS):
        await heard.wait()
    unsubscribe()
    return told[0]


async def test_a_change_is_seen_whether_the_watch_has_begun_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_LOOK_MS", 200)
    folder = tmp_path / "personas"
    folder.mkdir()
    put(folder, "ada", "Ada")
    library = PersonaLibrary(folder)
    async with anyio.create_task_group() as group:
        group.start_soon(library.run)
        # It reads once when it has begun.
        assert await changed(library, lambda: put(folder, "ada", "Ada II")) == {"ada"}
        assert library.get("ada").name == "Ada II"
        group.cancel_scope.cancel()


async def test_changes_on_the_disk_are_followed_and_the_watch_ends_before_its_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_LOOK_MS", int(1_500 * WAIT_SECONDS))
    begun = anyio.Event()
    it_waits_in_a_thread = anyio.wait_all_tasks_blocked

    def watched(*args: Any, **options: Any) -> Any:
        begun.set()
        return awatch(*args, **options)

    monkeypatch.setattr(watching, "awatch", watched)
    folder = tmp_path / "personas"
    folder.mkdir()
    put(folder, "ada", "Ada")
    library = PersonaLibrary(folder)
    async with anyio.create_task_group() as group:
        group.start_soon(library.run)
        await begun.wait()
        await it_waits_in_a_thread()
        assert await changed(library, lambda: put(folder, "ada", "Ada II")) == {"ada"}
        assert await changed(library, lambda: put(folder, "bob", "Bob")) == {"bob"}
        assert await changed(library, (folder / "bob.yaml").unlink) == {"bob"}
        await it_waits_in_a_thread()
        began = anyio.current_time()
        group.cancel_scope.cancel()
    assert anyio.current_time() - began < WAIT_SECONDS


async def test_a_folder_that_goes_and_comes_back_is_followed_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_LOOK_MS", 200)
    folder = tmp_path / "personas"
    folder.mkdir()
    put(folder, "ada", "Ada")
    library = PersonaLibrary(folder)

    def remove() -> None:
        (folder / "ada.yaml").unlink()
        folder.rmdir()

    async with anyio.create_task_group() as group:
        group.start_soon(library.run)
        assert await changed(library, remove) == {"ada"}
        assert await changed(library, lambda: put(folder, "ada", "Ada III")) == {"ada"}
        group.cancel_scope.cancel()


async def test_without_a_folder_there_is_nothing_to_follow() -> None:
    with anyio.fail_after(WAIT_SECONDS):
        await PersonaLibrary().run()
