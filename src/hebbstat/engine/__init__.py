"""The engine: it compiles a network to one kernel and runs it. It knows no mechanism by name.

From description to kernel: `model` lists all variables, `links_plan` decides what a projection needs, `write_*`
write the module, `module` keeps and loads it, `layout` cuts the arrays into one share per thread. `simulation` is
what a user holds, `session` one call of its `run`, `record` what is kept of it.
"""
