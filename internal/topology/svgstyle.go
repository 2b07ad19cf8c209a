package topology

// style are the looks, for light and for dark.
func style() string {
	return `
text { font: 15px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328 }
.title { font-weight: bold }
.page, .behind { fill: #ffffff }
.box { fill: none; stroke: #8c959f; stroke-width: 1.5 }
.cable { fill: none; stroke: #57606a; stroke-width: 2; stroke-linejoin: round }
.tunnel { stroke-dasharray: 3 4 }
.bar { fill: none; stroke: #0969da; stroke-width: 5; stroke-linecap: round }
.port { fill: none; stroke: #0969da; stroke-width: 2 }
.dot { stroke-width: 2 }
.up { fill: #2da44e; stroke: #2da44e }
.idle { fill: #fff8c5; stroke: #bf8700 }
.down { fill: #ffffff; stroke: #cf222e }
.quiet { fill: #57606a }
.new { fill: #1a7f37; font-weight: bold }
.changed { fill: #9a6700; font-weight: bold }
.good { fill: #1a7f37 }
.warn { fill: #9a6700 }
.bad { fill: #cf222e }
.fresh { stroke: #1a7f37; stroke-width: 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .page, .behind { fill: #0d1117 }
  .box { stroke: #6e7681 }
  .cable { stroke: #9198a1 }
  .bar, .port { stroke: #58a6ff }
  .up { fill: #3fb950; stroke: #3fb950 }
  .idle { fill: #2e2a1f; stroke: #d29922 }
  .down { fill: #0d1117; stroke: #f85149 }
  .quiet { fill: #9198a1 }
  .new, .good { fill: #3fb950 }
  .changed, .warn { fill: #d29922 }
  .bad { fill: #f85149 }
  .fresh { stroke: #3fb950 }
}
`
}
