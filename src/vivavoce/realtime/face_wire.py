"""What a face is told, in the words of `vivavoce.v1`.

Owns the wire event of each such piece of news, and its samples at the client's rate. Refuses to know when it is sent.
"""

from __future__ import annotations

from vivavoce.audio.formats import SPEECH_HZ
from vivavoce.conversation import effects as fx
from vivavoce.realtime.wire import extension_events as we

__all__ = ["FaceNews", "face_event"]

FaceNews = fx.ExpressionCue | fx.ActionCue | fx.OutputMouth


def face_event(news: FaceNews, event_id: str, *, rate_hz: int) -> we.Expression | we.Action | we.Visemes:
    """Return the event; `rate_hz` is that of the response's audio."""

    def wire(sample: int) -> int:
        return sample * rate_hz // SPEECH_HZ

    first_sample = wire(news.first_sample)
    response_id, item_id = news.response_id, news.item_id
    match news:
        case fx.ExpressionCue():
            return we.Expression(
                event_id=event_id,
                response_id=response_id,
                item_id=item_id,
                expression=news.expression,
                first_sample=first_sample,
            )
        case fx.ActionCue():
            return we.Action(
                event_id=event_id,
                response_id=response_id,
                item_id=item_id,
                action=news.action,
                first_sample=first_sample,
            )
        case fx.OutputMouth():
            visemes = tuple(
                we.Viseme(viseme=shape.viseme, sample=wire(news.first_sample + shape.sample), weight=shape.weight)
                for shape in news.mouth
            )
            return we.Visemes(
                event_id=event_id,
                response_id=response_id,
                item_id=item_id,
                first_sample=first_sample,
                samples=wire(news.first_sample + news.samples) - first_sample,
                visemes=visemes,
            )
