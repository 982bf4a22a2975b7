"""Long-term plasticity of both sides of a synapse: of its release, and of its quantal size."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, NonNegative


class PresynapticSTDP(Plasticity):
    """Plasticity of release: a presynaptic spike raises U after its own kind, and lowers it after postsynaptic spikes.

        dU = y_plus (d_plus x - d_minus y_minus)    on a presynaptic spike

    with a trace x of presynaptic, y_minus and y_plus of postsynaptic spikes. A synapse whose U rises depresses more and
    varies less. `on="release.p"` is the same for `VesicleRelease`; add HardBounds(0.0, 1.0, on="release.U").

    Costa, Froemke, Sjöström & van Rossum 2015, doi:10.7554/eLife.09457; values as in their program.
    """

    tau_x: Ms = field(66.6, "decay of the presynaptic trace x")
    tau_minus: Ms = field(32.7, "decay of the fast postsynaptic trace y_minus")
    tau_plus: Ms = field(230.2, "decay of the slow postsynaptic trace y_plus")
    d_minus: NonNegative = field(0.1771, "lowering by a postsynaptic spike at no distance")
    d_plus: NonNegative = field(0.1548, "raising by a spike of either side at no distance")

    acts_on = "release.U"

    x = PerPre.trace(decay="tau_x")
    y_minus = PerPost.trace(decay="tau_minus")
    y_plus = PerPost.trace(decay="tau_plus")

    @staticmethod
    def on_pre(x, y_minus, y_plus, d_minus, d_plus):
        return y_plus * (d_plus * x - d_minus * y_minus)


class PostsynapticSTDP(Plasticity):
    """Plasticity of the quantal size: a postsynaptic spike raises it after spikes of both sides. Nothing lowers it.

        dw = c_plus x y    on a postsynaptic spike

    with a trace x of presynaptic and y of earlier postsynaptic spikes. Beside `PresynapticSTDP` it stays when release
    has come down again: a hidden trace, from which the synapse relearns faster.

    Costa, Froemke, Sjöström & van Rossum 2015, doi:10.7554/eLife.09457; values as in their program.
    """

    tau_x: Ms = field(66.6, "decay of the presynaptic trace x")
    tau_minus: Ms = field(32.7, "decay of the postsynaptic trace y")
    c_plus: NonNegative = field(0.0618, "raising by spikes of both sides at no distance")

    x = PerPre.trace(decay="tau_x")
    y = PerPost.trace(decay="tau_minus")

    @staticmethod
    def on_post(x, y, c_plus):
        return c_plus * x * y
