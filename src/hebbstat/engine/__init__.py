"""The engine: it compiles a network to one kernel and runs it. It knows no mechanism by name.

From description to kernel: `plan` lists all variables and decides what a projection needs, `codegen` writes the module,
`jit` keeps and loads it, `memory` cuts the arrays into one shard per thread. `core` is what runs; `state` looks at it
and sets it. A run asks observers (`observer`): what is kept of it (`record`), whether it is well (`health`), and files
from which it goes on (`checkpoint`); `run` is the loop. `simulation` is what a user holds. Who may import whom stands
in pyproject.toml, and is drawn in docs/architecture.md.
"""
