"""Opening and closing waves, with the work that follows: what waited in intake begins."""

from workflow.acting import Acting
from workflow.models import Wave
from workflow.waves.managing import set_wave_status

from .jobs import begin_wave_soon


def open_wave(*, acting: Acting, wave: Wave) -> Wave:
    """Let the wave's cases begin, up to each stratum's quota; a job lets them in."""
    wave = set_wave_status(acting=acting, wave=wave, status=Wave.Status.OPEN)
    begin_wave_soon(wave.pk)
    return wave


def close_wave(*, acting: Acting, wave: Wave) -> Wave:
    """Let no further case of the wave begin; what began goes on."""
    return set_wave_status(acting=acting, wave=wave, status=Wave.Status.CLOSED)
