import matplotlib.pyplot as plt

import hebbstat as hs

net = hs.Network(dt=0.5, seed=7)
inputs = net.add(hs.PoissonSource(rate=hs.TimedArray([20.0, 30.0, 15.0], every=20_000.0)), n=100, name="inputs")
cells = net.add(hs.LIF(), n=50, name="cells")
rules = [hs.PairSTDP(), hs.SynapticScaling(tau_rate=2000.0, period=500.0, strength=0.1), hs.HardBounds(0.0, 3.0)]
net.connect(inputs, cells, hs.FixedProbability(0.5), weight=0.4, receptor=hs.AMPA(), rules=rules, name="learn")
run = hs.Simulation(net).run(seconds=60, record=[hs.Rates(cells, every=500.0), hs.WeightSummary(every=500.0)])
figure, (top, bottom) = plt.subplots(2, sharex=True, figsize=(7, 6), layout="constrained")
run["cells.rate"].plot.line(ax=top)  # the input rises by half after 20 s, then halves: the rate returns to 5 Hz
run["learn.weights"]["quantiles"].plot.line(x="time", ax=bottom)
plt.savefig("ten_lines.png")
