"""What other platforms call our faults: ONVIF event topics and GB/T 28181 alarms, one row for each state.

A code stands here only where several independent implementations agree on its number and meaning; nobody has compared them with the
standards' own text, so an operator does that before the first exchange. What is not known is empty, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """One state in the words of others: the ONVIF topic; method and type of a GB/T 28181 alarm, and what the standard calls the type."""

    onvif: str = ""
    method: str = ""
    type: str = ""
    called: str = ""

    @property
    def known(self) -> str:
        """Which of the two are known: `both`, `onvif`, `gbt28181`, or `none`."""
        return {(True, True): "both", (True, False): "onvif", (False, True): "gbt28181"}.get((bool(self.onvif), bool(self.type)), "none")


_ABNORMAL = ("5", "11", "视频异常检测报警")
_OCCLUDED = ("5", "13", "图像遮挡报警")  # added by the edition of 2022
_LOST = ("2", "1", "视频丢失报警")
_SCENE = "tns1:VideoSource/GlobalSceneChange/ImagingService"

CODES: dict[str, Code] = {
    "beacon": Code(),
    "clock": Code(),
    "corrupt": Code(),
    "covered": Code(_SCENE, *_OCCLUDED),
    "defocused": Code("tns1:VideoSource/ImageTooBlurry/ImagingService", *_ABNORMAL),
    "disk": Code("tns1:Device/HardwareFailure/StorageFailure", "2", "3", "存储设备磁盘满报警"),
    "frozen": Code(),
    "low_light": Code("tns1:VideoSource/ImageTooDark/ImagingService", *_ABNORMAL),
    "moved": Code(_SCENE),
    "offline": Code("tns1:VideoSource/SignalLoss", *_LOST),
    "overexposed": Code("tns1:VideoSource/ImageTooBright/ImagingService", *_ABNORMAL),
    "partial": Code("", *_OCCLUDED),
    "replayed": Code(),
    "stalled": Code("tns1:VideoSource/SignalLoss", *_LOST),
    "unknown": Code(),
}


def code_of(state: str) -> Code:
    """The codes of a state; empty for one that nobody else knows."""
    return CODES.get(state, Code())


def as_row(state: str) -> dict[str, str]:
    """The codes of a state as an export carries them."""
    code = code_of(state)
    return {"onvif_topic": code.onvif, "gbt28181_alarm_method": code.method, "gbt28181_alarm_type": code.type, "codes_known": code.known}
