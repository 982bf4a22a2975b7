"""What people call things: plain words, and every name that generated code might want for itself."""

from __future__ import annotations

import keyword

import numpy as np

WORDS = """
    size first ids counts rates fired cursor logged n i k e j s slot F lambda_ v_new last since elapsed_ arrived network
    window row run threads thread at before column start piece post_ pre_ delays due due_count new new_count learning
    flags progress spent records pick seen level flushed stamp bits key keys U64 LANES lanes rounded group cells links
    rate rate_now table share part0 change_w change found count begin levels part open_ total sent packed_w new_w
    h_step h_fill spiked_at input_arrived logging log_id train_id firsts in_degree row_of h_newest g_w rule0_x key_x
    tick ticks period_ result self_ cls args x y z a b c v u g r tau gain level_ mean kept amp theta drift noise
    größe τ λ Δt señal_2 o O l I
""".split()
"""Identifiers for states, fields, helper functions and locals."""

OFFERED = "drive current conductance input amount elapsed".split()
"""Identifiers that hooks may ask for; a class that has its own means its own."""

HELPERS = """
    exp unpack rounded uniform64 lanes collect table_row step_key mix fma run window network size first F U64 math_
    integrate_a arrive_a step_network namedtuple_ count_spikes decode_due Cell_fires clip squash λ helper
""".split()
"""Identifiers for helper functions."""

ATTACHED = ("{}_decay", "{}_rate", "{}_at", "{}_new", "{}_before", "{}_here", "new_{}", "packed_{}", "g_{}", "{}_2")
"""Names made from another name of the same class, as generated code makes them."""

TITLES = """
    network window run first threads n F exp math np size lambda class None a_b a-b|a.b|a b A_b x|X|x-y|x_y|x+y|x y
    rounded uniform unpack namedtuple exc|exc2|exc_2|Exc exc_cells größe τ 1st 2|_|__ a_to_b e|e_cells input inputs
    network_ NetworkTuple integrate_exc group g1st kernel inline pop|pop |Pop
""".replace("\n", " ")
"""Names of populations, projections and network rules: any text; some differ by one sign only."""

RULE_TITLES = "DA ACh n x y x_y x_rate x_x a a_b a_b_c level tone noise F λ size first exp learning flags".split()
"""Names of network rules, which are arguments of gates too."""


class Names:
    """Draws names; `hostile` or neutral. A case with the same seed has the same structure either way."""

    def __init__(self, rng: np.random.Generator, hostile: bool) -> None:
        self.rng, self.hostile, self.count = rng, hostile, 0

    def word(self, taken: set[str], wanted: str, avoid: tuple[str, ...] = (), pool: list[str] | None = None) -> str:
        """An identifier that is not taken yet; with hostile names often one that generated code would use."""
        self.count += 1
        choices = self.rng.random(3)
        name = f"{wanted}{self.count}"
        if self.hostile and choices[0] < 0.8:
            pool = pool or [*WORDS, *OFFERED]
            own = [one for one in sorted(taken) if one.isidentifier()]
            if own and choices[1] < 0.3:
                name = ATTACHED[int(self.rng.integers(len(ATTACHED)))].format(own[int(self.rng.integers(len(own)))])
            else:
                name = pool[int(self.rng.integers(len(pool)))]
        if name in taken or name in avoid or keyword.iskeyword(name) or not name.isidentifier():
            name = f"{wanted}{self.count}"
        taken.add(name)
        return name

    def title(self, taken: set[str], wanted: str, pool: list[str] | None = None) -> str:
        """The name of a population, projection or network rule."""
        self.count += 1
        pool = pool or [one for one in TITLES.replace("|", " | ").split() if one != "|"] + ["a b", "x y", "a_b"]
        name = pool[int(self.rng.integers(len(pool)))] if self.hostile and self.rng.random() < 0.8 else ""
        if not name or name in taken or "." in name or "/" in name or name.strip() != name:
            name = f"{wanted}{self.count}"
        taken.add(name)
        return name
