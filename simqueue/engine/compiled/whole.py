"""Functions that Numba compiles as one: lowered one by one, optimised once and together.

Numba optimises every function and makes machine code of it, and does both again wherever it is
called, and once more in the callers of those. Of ours only few are ever called from Python. So the
others are *parts*, which are left as they were lowered until the one that is called, the *whole*,
links them all into itself and optimises them together: half the work, and code that is as fast.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core import codegen, compiler, environment

Library: Any = codegen.JITCodeLibrary  # Numba's types do not say enough
Compiler: Any = compiler.Compiler
lookup: Any = environment.lookup_environment

# How Numba names what a function needs of Python, and functions that call each other in a circle,
# whose addresses it writes down when all are machine code
ENVIRONMENT = "_ZN08NumbaEnv"
LOOKED_UP = ".numba.unresolved$"


class _Part(Library):  # type: ignore[misc]
    """The code of a part."""

    _linking_libraries: list[Any]
    _shared_module: Any

    def finalize(self) -> None:
        """Say that nothing will be added; the whole does the rest."""
        self._raise_if_finalized()
        self._finalized = True

    def _get_module_for_linking(self) -> Any:  # noqa: ANN401 - objects of the compiler
        """For a function of Numba's own that calls a part: the part as a whole of its own."""
        if self._shared_module is None:
            whole = _Whole(self._codegen, self.name)
            whole.add_llvm_module(self._final_module.clone())
            whole._linking_libraries = list(self._linking_libraries)
            self._shared_module = whole._get_module_for_linking()
        return self._shared_module


class _Whole(Library):  # type: ignore[misc]
    """The code of a whole."""

    _linking_libraries: list[Any]
    _names: set[str]  # of the parts that it takes in

    def finalize(self) -> None:
        """Link all parts, optimise and make machine code."""
        reached = _reached(self._linking_libraries)
        parts = [library for library in reached if isinstance(library, _Part)]
        names = [name for part in parts for name in _public_functions(part)]
        for part in parts:
            self._final_module.link_in(part._final_module, preserve=True)
        variables = {variable.name for variable in self._final_module.global_variables}
        for name in names:
            if f"{LOOKED_UP}{name}" in variables:
                self._look_up(name)
            # dropped where nothing is left that calls it; as "internal" the optimiser would
            # take long and rare functions into the loop, too, which made it slower
            self._final_module.get_function(name).linkage = "linkonce_odr"
        self._names = set(names)
        self._linking_libraries = [library for library in reached if library not in parts]
        super().finalize()
        self._set_environments()

    def _optimize_final_module(self) -> None:
        """Then keep the parts to this whole: another one kept on disk may have the same names."""
        super()._optimize_final_module()
        for function in self._final_module.functions:
            if function.name in self._names and not function.is_declaration:
                function.linkage = "internal"

    def _look_up(self, name: str) -> None:
        """Say where a function of a circle is: Numba would not, when it loads a whole from disk."""
        module, address = ir.Module(), ir.IntType(8).as_pointer()
        module.triple = self._final_module.triple
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), []), name)
        variable = ir.GlobalVariable(module, address, f"{LOOKED_UP}{name}")
        variable.initializer = function.bitcast(address)
        self._final_module.link_in(binding.parse_assembly(str(module)))
        self._final_module.get_global_variable(variable.name).linkage = "internal"

    def _set_environments(self) -> None:
        """As Numba does for every function it compiles, and when it loads a whole from disk."""
        for variable in self._final_module.global_variables:
            if variable.name.startswith(ENVIRONMENT):
                found = lookup(variable.name)
                if found is not None:
                    self._codegen.set_env(variable.name, found)


def _reached(libraries: list[Any]) -> list[Any]:
    """What is called, and what the parts among it call in turn."""
    found = dict.fromkeys(libraries)
    waiting = list(found)
    while waiting:
        library = waiting.pop()
        if isinstance(library, _Part):
            called = [one for one in library._linking_libraries if one not in found]
            found.update(dict.fromkeys(called))
            waiting += called
    return list(found)


def _public_functions(part: _Part) -> list[str]:
    functions = part._final_module.functions
    return [f.name for f in functions if not f.is_declaration and f.linkage.name == "external"]


def _nothing_to_call(library: _Part, fndesc: Any, env: Any) -> Any:  # noqa: ANN401
    """What stands for a part among Numba's functions."""
    name = fndesc.qualname.split(".")[-1]
    return _dynfunc.make_function(fndesc.lookup_module(), name, "", 0, env, (library,))


class PartCompiler(Compiler):  # type: ignore[misc]
    """Compiles a function that only compiled functions call."""

    def __init__(self, typingctx: Any, targetctx: Any, *given: Any) -> None:  # noqa: ANN401
        super().__init__(typingctx, targetctx, *given)
        context = self.state.targetctx  # a copy
        context.get_executable = _nothing_to_call
        self.state.library = _Part(context.codegen(), "part")


class WholeCompiler(Compiler):  # type: ignore[misc]
    """Compiles a function that Python calls, with all its parts."""

    def __init__(self, typingctx: Any, targetctx: Any, *given: Any) -> None:  # noqa: ANN401
        super().__init__(typingctx, targetctx, *given)
        self.state.library = _Whole(self.state.targetctx.codegen(), "whole")
        self.state.library.enable_object_caching()


# Options of `njit`
PART = {"pipeline_class": PartCompiler, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
WHOLE = {"pipeline_class": WholeCompiler, "no_cfunc_wrapper": True}
