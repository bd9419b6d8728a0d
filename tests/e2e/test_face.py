"""The digital human in a real browser that has no graphics card: it speaks, rests, and has a stand-in."""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import DEADLINE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import Browse
    from tests.e2e.server_process import ServerProcess

SOFTWARE = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
"""WebGL on the processor, which a browser without a graphics card must be allowed."""

LOOKS = ("viva", "xiaomei", "lin")


@pytest.fixture
def face(server: ServerProcess, browse: Browse) -> Page:
    """A page with nothing but the 3D face, from a real server with its real security policy."""
    page = browse(flags=SOFTWARE, face="").page
    page.set_viewport_size({"width": 360, "height": 380})
    page.goto(f"{server.url}/face.html?look=viva&mood=idle")
    draws(page, frames=2)
    return page


def draws(page: Page, *, frames: int) -> None:
    """Wait until so many more pictures have been drawn."""
    page.wait_for_function("() => window.__face !== undefined", timeout=DEADLINE_MS)
    seen = page.evaluate("window.__face.frames")
    page.wait_for_function("least => window.__face.frames >= least", arg=seen + frames, timeout=DEADLINE_MS)


def picture(page: Page) -> str:
    """Return what is on the canvas, as an address of data."""
    return f"data:image/png;base64,{b64encode(page.locator('canvas').screenshot()).decode()}"


def change(page: Page, before: str, after: str) -> float:
    """Return how different two pictures are: the mean change of a colour, 0 to 255. The browser reads them itself."""
    difference: float = page.evaluate(
        """async sources => {
            const [before, after] = await Promise.all(sources.map(async source => {
                const image = new Image();
                image.src = source;
                await image.decode();
                const canvas = new OffscreenCanvas(image.width, image.height);
                const context = canvas.getContext('2d');
                context.drawImage(image, 0, 0);
                return context.getImageData(0, 0, image.width, image.height).data;
            }));
            return before.reduce((sum, value, at) => sum + Math.abs(value - after[at]), 0) / before.length;
        }""",
        [before, after],
    )
    return difference


def held(page: Page, pose: str) -> str:
    page.evaluate(f"window.__face.hold({pose})")
    draws(page, frames=3)
    return picture(page)


def test_a_face_appears_in_the_middle_of_the_stage(face: Page) -> None:
    shown = picture(face)
    # Hidden, and not taken away: the stage behind it is what is compared with.
    face.locator("canvas").evaluate("canvas => (canvas.style.opacity = '0')")
    assert change(face, shown, picture(face)) > 25, "the stage is empty"
    assert face.evaluate("window.__face.problems") == []


def test_the_mouth_moves_while_the_reply_sounds_and_rests_before(face: Page) -> None:
    face.evaluate("window.__jaws = []")
    face.evaluate(
        """() => setInterval(() => {
            const mouth = ['aa', 'E', 'I', 'O', 'U'].map(name => window.__face.read(name));
            window.__jaws.push(Math.max(...mouth));
        }, 20)"""
    )
    draws(face, frames=10)
    assert max(face.evaluate("window.__jaws")) < 0.05
    face.evaluate("window.__face.feed.mood = 'speaking'")
    face.wait_for_function("() => Math.max(...window.__jaws) > 0.8", timeout=DEADLINE_MS)


def test_an_open_mouth_and_a_blink_are_seen_in_the_picture(face: Page) -> None:
    rest = held(face, "{smile: 0.4}")
    assert change(face, rest, held(face, "{smile: 0.4}")) < 0.1, "a pose that is held still moves"
    assert change(face, rest, held(face, "{smile: 0.4, aa: 1}")) > 0.4
    assert change(face, rest, held(face, "{smile: 0.4, blinkLeft: 1, blinkRight: 1}")) > 0.8


def test_nothing_is_drawn_while_the_page_is_hidden(face: Page) -> None:
    hide = """hidden => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    face.evaluate(hide, True)
    face.wait_for_function("() => !window.__face.isRunning", timeout=DEADLINE_MS)
    seen = face.evaluate("window.__face.frames")
    # Twenty repaints of the page in which nothing was drawn.
    face.evaluate(
        """() => new Promise(done => {
            let left = 20;
            const step = () => (left-- > 0 ? requestAnimationFrame(step) : done());
            step();
        })"""
    )
    assert face.evaluate("window.__face.frames") == seen
    face.evaluate(hide, False)
    draws(face, frames=2)


def test_nothing_is_drawn_out_of_sight(face: Page) -> None:
    face.evaluate("document.getElementById('root').style.marginTop = '300vh'")
    face.wait_for_function("() => !window.__face.isRunning", timeout=DEADLINE_MS)
    face.evaluate("document.getElementById('root').style.marginTop = '0'")
    draws(face, frames=2)


def test_a_drawn_face_stands_in_when_the_graphics_card_lets_go(face: Page) -> None:
    face.locator("canvas").evaluate(
        "canvas => canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    expect(face.locator('[data-face="flat"]')).to_be_visible(timeout=DEADLINE_MS)
    expect(face.locator(".face-note")).to_contain_text("drawn one stands in")
    assert face.evaluate("window.__face.problems") == ["webgl_lost"]
    draws(face, frames=5)
    face.get_by_role("button", name="Try 3D again").click()
    expect(face.locator('[data-face="head"] canvas')).to_be_visible(timeout=DEADLINE_MS)
    expect(face.locator(".face-note")).not_to_be_attached()
    draws(face, frames=5)


def test_a_drawn_face_stands_in_for_one_that_did_not_arrive_until_it_is_asked_for_again(
    server: ServerProcess, browse: Browse
) -> None:
    page = browse(flags=SOFTWARE, face="").page
    page.route("**/head-face-*.js*", lambda route: route.abort())
    page.goto(f"{server.url}/face.html?look=viva")
    expect(page.locator('[data-face="flat"]')).to_be_visible(timeout=DEADLINE_MS)
    assert page.evaluate("window.__face.problems") == ["not_loaded"]
    page.unroute("**/head-face-*.js*")
    page.get_by_role("button", name="Try 3D again").click()
    expect(page.locator('[data-face="head"] canvas')).to_be_visible(timeout=DEADLINE_MS)


def test_a_drawn_face_stands_in_where_there_is_no_3d(server: ServerProcess, browse: Browse) -> None:
    page = browse(flags=("--disable-3d-apis",), face="").page
    page.goto(f"{server.url}/face.html?look=lin&mood=speaking")
    expect(page.locator('[data-face="flat"]')).to_be_visible(timeout=DEADLINE_MS)
    assert page.evaluate("window.__face.problems") == ["webgl_missing"]
    draws(page, frames=5)


def test_those_who_wish_for_less_movement_see_lips_only(server: ServerProcess, browse: Browse) -> None:
    page = browse(flags=SOFTWARE, face="").page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/face.html?look=xiaomei&mood=speaking")
    draws(page, frames=30)
    assert page.evaluate("window.__face.read('headYaw')") == 0
    page.wait_for_function("() => window.__face.read('aa') > 0.5", timeout=DEADLINE_MS)


def test_each_character_has_a_face_of_its_own(server: ServerProcess, browse: Browse) -> None:
    page = browse(flags=SOFTWARE, face="").page
    page.set_viewport_size({"width": 360, "height": 380})
    pictures = []
    for look in LOOKS:
        page.goto(f"{server.url}/face.html?look={look}")
        draws(page, frames=2)
        pictures.append(held(page, "{smile: 0.4}"))
    assert min(change(page, pictures[one], pictures[one - 1]) for one in range(len(LOOKS))) > 4


BONES = {
    "hips": ("", (0, 0.9, 0)),
    "spine": ("hips", (0, 0.3, 0)),
    "head": ("spine", (0, 0.3, 0)),
    **{
        f"{side}{bone}": (parent if parent in ("hips", "spine") else f"{side}{parent}", (sign * x, y, 0))
        for side, sign in (("left", 1), ("right", -1))
        for bone, parent, x, y in (
            ("UpperArm", "spine", 0.15, 0.15),
            ("LowerArm", "UpperArm", 0.25, 0),
            ("Hand", "LowerArm", 0.25, 0),
            ("UpperLeg", "hips", 0.1, 0),
            ("LowerLeg", "UpperLeg", 0, -0.4),
            ("Foot", "LowerLeg", 0, -0.4),
        )
    },
}
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")


def avatar_file() -> bytes:
    """Return a VRM of bones and one large triangle, whose picture lies in the file as avatars' pictures do."""
    names = list(BONES)
    corners = struct.pack("<9f", -0.3, -0.2, 0.1, 0.3, -0.2, 0.1, 0, 0.3, 0.1) + struct.pack("<6f", 0, 0, 1, 0, 0, 1)
    nodes: list[dict[str, object]] = [
        {
            "name": name,
            "translation": place,
            "children": [at for at, child in enumerate(names) if BONES[child][0] == name],
        }
        for name, (_, place) in BONES.items()
    ]
    # The format has no empty lists.
    nodes = [{key: value for key, value in node.items() if value != []} for node in nodes]
    nodes[names.index("head")]["mesh"] = 0
    content = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": nodes,
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}, "doubleSided": True}],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 2, "mimeType": "image/png"}],
        "buffers": [{"byteLength": len(corners) + len(PIXEL)}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": 24},
            {"buffer": 0, "byteOffset": 60, "byteLength": len(PIXEL)},
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": 3,
                "type": "VEC3",
                "min": [-0.3, -0.2, 0.1],
                "max": [0.3, 0.3, 0.1],
            },
            {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC2"},
        ],
        "extensionsUsed": ["VRMC_vrm"],
        "extensions": {
            "VRMC_vrm": {
                "specVersion": "1.0",
                "meta": {"name": "Triangle", "authors": ["nobody"], "licenseUrl": "https://vrm.dev/licenses/1.0/"},
                "humanoid": {"humanBones": {name: {"node": at} for at, name in enumerate(names)}},
            }
        },
    }
    described = json.dumps(content).encode()
    described += b" " * (-len(described) % 4)
    binary = corners + PIXEL + b"\0" * (-(len(corners) + len(PIXEL)) % 4)
    chunks = (
        struct.pack("<I4s", len(described), b"JSON") + described + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def keep(page: Page, content: bytes) -> str:
    """Choose a file as one's own avatar; return the problem's code, or an empty text."""
    code: str = page.evaluate(
        """async text => {
            const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
            try { await window.__avatars.keep(new File([bytes], 'me.vrm')); } catch (error) { return error.code; }
            return '';
        }""",
        b64encode(content).decode(),
    )
    return code


def test_an_avatar_of_ones_own_is_there_after_a_reload_until_it_is_removed(face: Page) -> None:
    refused = []
    face.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    assert keep(face, b"This is a letter, and no avatar at all.") == "vrm_unreadable"
    assert keep(face, avatar_file()) == ""
    for _ in range(2):
        face.goto(face.url.partition("?")[0] + "?kind=vrm&mood=speaking")
        expect(face.locator('[data-face="vrm"] canvas')).to_be_visible(timeout=DEADLINE_MS)
        draws(face, frames=3)
    assert face.evaluate("window.__face.problems") == []
    face.evaluate("window.__avatars.remove()")
    face.reload()
    expect(face.locator('[data-face="flat"]')).to_be_visible(timeout=DEADLINE_MS)
    assert face.evaluate("window.__face.problems") == ["vrm_missing"]
    assert refused == []
