"""How kernels are compiled: functions that exist only inside a kernel are compiled once, in the kernel that uses them.

Numba optimises every function by itself and turns it into machine code, also those that are inlined everywhere;
for kernels made of a hundred small functions that is most of the waiting. Here a helper stops at unoptimised LLVM
code, which is linked into its caller; the kernel at the top is optimised as a whole, once. A helper cannot be
called from Python.
"""

from __future__ import annotations

from typing import Any

from llvmlite.binding import Linkage
from numba import njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering

from hebbstat.network.compiled import keep


class LinkedLibrary(JITCodeLibrary):
    """Code that is only ever linked into other code."""

    def add_llvm_module(self, module: Any) -> None:
        """Take code as it is: it will be optimised where it ends up."""
        self._final_module.link_in(module)

    def finalize(self) -> None:
        """Link what this code calls; leave optimisation and machine code to the kernel."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True


class KernelLibrary(JITCodeLibrary):
    """A kernel with all the code that was linked into it, optimised once."""

    def add_llvm_module(self, module: Any) -> None:
        """Take code as it is: it will be optimised with the rest."""
        self._final_module.link_in(module)

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if function.linkage == Linkage.linkonce_odr:  # from elsewhere: nobody else needs it, or its arguments
                function.linkage = Linkage.internal
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)


@register_pass(mutates_CFG=True, analysis_only=False)
class KernelLowering(NativeLowering):
    """Lowers a kernel into such a library."""

    _name = "hebbstat_kernel_lowering"

    def run_pass(self, state: Any) -> bool:
        """As Numba does, but for the library."""
        state.library = KernelLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@register_pass(mutates_CFG=True, analysis_only=False)
class LinkedLowering(NativeLowering):
    """Lowers a function for linking only."""

    _name = "hebbstat_linked_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower without making machine code, and tell Numba's typing that the function can be called."""
        state.library = LinkedLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags = state.flags.copy()
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        handle: Any = [].append  # any built-in will do: it stands for the machine code that is not made
        state.targetctx.insert_user_function(handle, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=handle)
        return True


class LinkedCompiler(CompilerBase):
    """Numba's compiler with another lowering."""

    lowering: type[NativeLowering] = LinkedLowering

    def define_pipelines(self) -> list[PassManager]:
        """The nopython pipeline, its lowering replaced."""
        pipeline = PassManager(self.lowering._name)
        for builder in (DefaultPassBuilder.define_untyped_pipeline, DefaultPassBuilder.define_typed_pipeline):
            pipeline.passes.extend(builder(self.state).passes)
        lowering = DefaultPassBuilder.define_nopython_lowering_pipeline(self.state).passes
        pipeline.passes.extend(
            (self.lowering, why) if step is NativeLowering else (step, why) for step, why in lowering
        )
        pipeline.finalize()
        return [pipeline]


class KernelCompiler(LinkedCompiler):
    """The same for kernels."""

    lowering = KernelLowering


OPTIONS = {"error_model": "numpy", "nogil": True, "_nrt": False}
LINKED = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": LinkedCompiler, **OPTIONS}



def kernel(function: Any) -> Any:
    """Decorates what Python calls. What is compiled of it is kept on disk."""
    return keep(njit(no_cfunc_wrapper=True, pipeline_class=KernelCompiler, **OPTIONS)(function))


inline = njit(inline="never", forceinline=True, **LINKED)
"""Decorates helpers that become part of their caller."""
called = njit(inline="never", **LINKED)
"""Decorates helpers that are called: long ones with several callers."""
