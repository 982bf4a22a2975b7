"""How a hook of a projection reads where it runs: now, at a synapse; or then, at a past postsynaptic event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hebbstat.contract.mechanism import Bound, Plasticity
from hebbstat.contract.state import WHOLE, Lagged, PerBranch, PerPost, PerSynapse, Reduction, State
from hebbstat.engine.codegen import branches, ir, sources
from hebbstat.engine.codegen.batch_loop import BatchLoop
from hebbstat.engine.codegen.binding import INDEX_OF_SCOPE, Binder, Site, variable
from hebbstat.engine.codegen.fragments import NOW, function
from hebbstat.engine.codegen.quote import added, array, call, code, expr, item
from hebbstat.engine.codegen.reductions import reduction
from hebbstat.engine.codegen.row_loop import RowLoop
from hebbstat.engine.codegen.shared import is_one_for_all, present
from hebbstat.engine.plan.arrays import Shape, Variable, history
from hebbstat.engine.plan.given import kept_variable, pool_of
from hebbstat.engine.plan.groups import Member
from hebbstat.engine.plan.model import target_variable
from hebbstat.engine.plan.projection import Plan
from hebbstat.network.scopes import quantity_scope

W = ir.Local("w")
THEN = ir.Local("at")


class ProjectionContext:
    """All that the functions of one projection need to be written: its plan, its groups, and its sites.

    In generated code `row` is a virtual row (a presynaptic neuron and a delay), `k` a synapse, `i` its postsynaptic
    neuron in this thread's share, `b` a branch of such a neuron, `e` a place in scratch memory, `j` a place in the
    history of postsynaptic events.
    """

    def __init__(self, binder: Binder, plan: Plan) -> None:
        self.binder, self.plan, self.links = binder, plan, plan.links
        self.source, self.target, self.network = self.links.source, self.links.target, binder.model.rules
        q, c = self.links, self.target
        self.rows = self._rows()
        self.cell = expr("c.first + i", c=c)  # the element of draws of a postsynaptic neuron
        self.row = expr("row_element(q.pre[row], q.row_delay[row])", q=q)  # and of a row
        self.synapse: tuple[ir.Expression, ...] = (expr("synapse_element(q.pre[row], cell)", q=q, cell=self.cell),)
        self.bits = "bits_of"
        if "copy" in self.links.variables:
            self.synapse, self.bits = (*self.synapse, item(array(q, "copy"), "k")), "bits_of_copy"

    def _rows(self) -> RowLoop | BatchLoop:
        """How rows are visited."""
        if not self.plan.coalesced:
            return RowLoop(self.binder.hooks, self.links)
        states = [f"{member.prefix}{state.name}" for member, state in self.plan.states("PerPre")]
        types = {name: self.links.variables[name].dtype for name in states}
        types |= {local: variable.dtype for local, variable in sources.moving(self.source).items()}
        return BatchLoop(self.binder.hooks, self.links, {"last": "int32", "since": "int32", "elapsed": "F", **types})

    # --- pieces of code -----------------------------------------------------------------------------------------------

    def code(self, text: str, **given: ir.Expression | ir.Block) -> ir.Block:
        """A piece of code about the projection `q`, its target `c`, and the network."""
        return code(text, q=self.links, c=self.target, network=self.network, **given)

    def expr(self, text: str, **given: ir.Expression | ir.Block) -> ir.Expression:
        """An expression about them."""
        return expr(text, q=self.links, c=self.target, network=self.network, **given)  # type: ignore[no-any-return]

    def name(self, what: str) -> str:
        """The name of a function of this projection."""
        return f"{what}_{self.links.ident}"

    def function(
        self, what: str, doc: str, body: ir.Block, linkage: str = "inline", about: Iterable[ir.Local] = (),
        source: bool = False,
    ) -> ir.Function:  # fmt: skip
        """A function of this projection; it is given all groups, the `source` if it needs it."""
        asked = source or any(one.group is self.source for one in ir.arrays(*body))
        ends = dict.fromkeys([self.source, self.target] if asked else [self.target])
        return function(self.name(what), doc, (self.links, *ends, self.network), body, linkage, about)

    def call(self, what: str, *about: ir.Expression) -> ir.Block:
        """A call of such a function by another one."""
        return (ir.Do(call(self.name(what), *about, NOW, self.links, self.target, self.network)),)

    def own(self, name: str, index: str) -> ir.Item:
        """An element of a variable of this projection."""
        return item(array(self.links, name), index)

    def like(self, word: str, name: str, index: str, holds: ir.Expression | None = None) -> ir.Item:
        """An element of a variable that is like another one, under another name; it is no state of its own."""
        made = replace(self.links.variables[name], slow=False)
        return item(added(self.links, f"{word}_{name}", made, holds), index)

    @property
    def stamp(self) -> ir.Item:
        """The step of a synapse's last event."""
        return self.own("stamp", "k")

    def stamped(self, name: str, index: str) -> ir.Block:
        """A state notes that its event is now, if it is kept as of its last event."""
        at = f"at_{name}"
        return self.code("stamp = n", stamp=self.own(at, index)) if at in self.links.variables else ()

    @property
    def weight(self) -> ir.Expression:
        """The weight of synapse `k`: its own, or the one of all."""
        return variable(self.links, "w")

    # --- sites --------------------------------------------------------------------------------------------------------

    def now(self, *, in_visit: bool = False) -> Site:
        """Reads at the present step. The visit of a row keeps the row's states in local variables."""

        def state(site: Site, member: Member, which: State) -> ir.Expression:
            name, scope = f"{member.prefix}{which.name}", which.scope.name
            if isinstance(which.origin, Reduction):
                return self.reduced(name, which)
            if is_one_for_all(which):
                return present(self.binder, site, member, which)
            if isinstance(which.origin, Lagged):
                return self.own(name, INDEX_OF_SCOPE[scope])
            if scope == "PerSynapse" or (scope == "PerPre" and in_visit):
                return ir.Local(name)
            if scope == "PerPre":
                elapsed = self.expr("n - q.last[row]")
                return self.binder.advanced(site, member, which, self.own(name, "row"), elapsed)
            return self.binder.advanced(site, member, which, self.own(name, INDEX_OF_SCOPE[scope]))

        offered = {"w": W, "elapsed": ir.Local("elapsed")} if in_visit else {"w": W}
        return Site(
            self.links, state, offered, self._of_neuron, element=self.synapse, bits=self.bits, value=self.value,
            received=self.binder.receptor_value,
        )  # fmt: skip

    def at_synapse(self) -> Site:
        """Reads at the present step, of a synapse whose states are where they are kept."""
        now = self.now()

        def state(site: Site, member: Member, which: State) -> ir.Expression:
            name = f"{member.prefix}{which.name}"
            if which.scope is not PerSynapse or not which.is_plain:
                return now.state(site, member, which)
            since = "min(n, network.frozen_from[0] - 1) - stamp"  # for what is slow no frozen time has passed
            stamped = which.moves and member.place != "release" and name not in self.links.stepped
            elapsed = self.expr(since, stamp=self.stamp) if stamped else None
            return self.binder.advanced(site, member, which, self.own(name, "k"), elapsed)

        def value(member: Member) -> ir.Expression:
            found = self.value(member)
            return self.own(found.name, "k") if isinstance(found, ir.Local) else found

        return replace(now, state=state, value=value, offered={"w": self.weight})

    def then(self) -> Site:
        """Reads at the time of a past postsynaptic event: row states run forward to it, all else from its snapshot."""
        now = self.now()

        def state(site: Site, member: Member, which: State) -> ir.Expression:
            name, scope = f"{member.prefix}{which.name}", which.scope.name
            if isinstance(which.origin, Reduction):
                return self.reduced(name, which)
            if is_one_for_all(which):
                return self.snapshot(name, present(self.binder, now, member, which))
            if isinstance(which.origin, Lagged) and scope != "PerPost":  # clock-driven: the event is of this step
                return now.state(site, member, which)
            if scope == "PerSynapse":
                return ir.Local(name)
            if scope == "PerPost":
                return self.snapshot(name, self.binder.advanced(now, member, which, self.own(name, "i")))
            elapsed = self.expr("at - last")
            moved = self.binder.advanced(site, member, which, self.own(name, "row"), elapsed)
            event = self.own(f"at_{name}", "row") if f"at_{name}" in self.links.variables else ir.Local("last")
            before = self.before(name)
            return self.expr("before if at == event else moved", before=before, event=event, moved=moved)

        return Site(
            self.links, state, {"w": W}, self._of_neuron_then, THEN, self.synapse, self.bits, signal=self._signal,
            value=self.value, received=self._received_then,
        )  # fmt: skip

    def drawing(self, site: Site, scope: str) -> Site:
        """A site in which hooks draw for the owners of a scope."""
        if scope == "PerSynapse":
            return replace(site, element=self.synapse, bits=self.bits)
        owners = {"PerPost": self.cell, "PerBranch": branches.element(self.links, self.cell), "PerPre": self.row}
        return replace(site, element=(owners[scope],), bits="bits_of")

    def before(self, name: str) -> ir.Item:
        """A state of a row as it was before the row's last event."""
        begins = self.links.variables[name].value
        return item(added(self.links, f"before_{name}", Variable(Shape.ROW, begins)), "row")

    def reduced(self, name: str, which: State) -> ir.Item:
        """A reduction over the synapses of its owner."""
        if which.scope is PerPost:
            return item(reduction(self.links, name), "i")
        if which.scope is PerBranch:
            return item(reduction(self.links, name, Shape.BRANCH), "b")
        return item(array(self.links, name), 0 if which.scope in WHOLE else "row")

    def snapshot(self, name: str, value: ir.Expression) -> ir.Expression:
        """A value that is stored with each postsynaptic event, read back at its place in the history."""
        return item(added(self.links, f"h_{name}", history(), value), "j")

    def _signal(self, value: ir.Item) -> ir.Expression:
        assert isinstance(value.of, ir.Array)
        return self.snapshot(f"network_{value.of.name}", value)

    # --- names --------------------------------------------------------------------------------------------------------

    @staticmethod
    def aim(bound: Bound) -> str:
        """What the rule of a hook aims at."""
        assert isinstance(bound.owner, Plasticity)
        return bound.owner.acts_on

    def value(self, member: Member) -> ir.Expression:
        """The present value of what a rule acts on, at a synapse that is worked on, or at its cell."""
        assert isinstance(member.mechanism, Plasticity)
        aim = member.mechanism.acts_on
        name = self.aimed_at(aim)
        return item(array(self.target, name), "i") if self.is_of_cell(aim) else ir.Local(name)

    @staticmethod
    def is_of_cell(aim: str) -> bool:
        """Whether what a rule aims at belongs to the postsynaptic neuron."""
        return quantity_scope(aim) is PerPost

    def aimed_at(self, aim: str) -> str:
        """The variable of what a rule aims at; in a loop over synapses, if it is theirs, also its local name."""
        return target_variable(self.binder.model, self.links, aim)

    def arriving(self, *work: ir.Statement) -> ir.Block:
        """What `work` on a row reads of its presynaptic neuron that changes; the rate is that which arrives now."""
        return sources.read(self.links, self.plan.rate, work)

    def _of_neuron(self, side: str, name: str) -> ir.Expression | None:
        if side == "post":
            return self.binder.neuron_value(self.target, name)
        return sources.value(self.binder, self.links, name)

    def _of_neuron_then(self, side: str, name: str) -> ir.Expression | None:
        found, key = self._of_neuron(side, name), f"{self.target.members[0].prefix}{name}"
        if side == "pre" or found is None or self._is_still(key):
            return found
        return self.snapshot(f"post_{key}", found)

    def _received_then(self, projection: str, name: str) -> ir.Expression:
        found, (_, pool) = self.binder.receptor_value(projection, name), pool_of(self.binder.model, projection)
        key = kept_variable(pool, name) or f"{pool.prefix}{name}"
        return found if self._is_still(key) else self.snapshot(f"post_{key}", found)

    def _is_still(self, key: str) -> bool:
        """Whether a variable of the postsynaptic neuron never changes while the simulation runs."""
        declared = self.target.variables.get(key)
        return declared is not None and declared.fixed and declared.shape is not Shape.TABLE
