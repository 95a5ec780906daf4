"""How the page of the report looks: the reader's own colours, light or dark, and no state told by colour alone."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2128; --paper: #fff; --line: #d0d7de; --soft: #f6f8fa;
  --good: #116329; --some: #7a4d00; --bad: #a40e26; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --line: #3d444d;
  --soft: #161b22; --good: #56d364; --some: #e3b341; --bad: #ff7b72; --link: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h2 small { font-weight: normal; color: var(--some); } a { color: var(--link); }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--link); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-size: .85rem; padding: .2rem 0; opacity: .8; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--soft); white-space: nowrap; } tbody th { font-weight: 500; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.i { font: .85rem/1.5 ui-monospace, monospace; } .s { white-space: nowrap; font-weight: 600; }
.touched .s { color: var(--good); } .forced .s { color: var(--some); } .untouched .s { color: var(--bad); }
.p { display: inline-block; min-width: 4.2rem; } meter { width: 6rem; vertical-align: middle; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; max-width: 34rem; }
summary { cursor: pointer; }
@media print { details > pre { display: none; } }
"""
"""The style sheet."""
