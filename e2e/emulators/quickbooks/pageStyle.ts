/** The look of the emulated Intuit's pages; `.wide` is for the screens of the books. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b2733; --soft: #5a6772; --line: #d5dbe0; --paper: #ffffff; --ground: #f3f5f7; --accent: #0b6b3a; --on-accent: #ffffff; --bad: #a3241b; --bad-ground: #fdf0ee }
@media (prefers-color-scheme: dark) { :root { --ink: #eef2f5; --soft: #a9b4bd; --line: #3b4650; --paper: #1d252c; --ground: #12181d; --accent: #5fce93; --on-accent: #06240f; --bad: #ffb4ab; --bad-ground: #3a1e1b } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; gap: 24px; padding: 24px 16px; background: var(--ground); color: var(--ink); font: 15px/22px system-ui, -apple-system, 'Segoe UI', sans-serif }
header { display: flex; align-items: center; gap: 12px; margin-top: 3vh }
.brand { font-size: 20px; font-weight: 600; letter-spacing: .02em }
.badge { border: 1px solid var(--line); border-radius: 999px; padding: 0 10px; font-size: 13px; color: var(--soft) }
main { width: 100%; max-width: 448px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 28px clamp(16px, 6vw, 32px) }
footer { color: var(--soft); font-size: 13px; line-height: 18px; text-align: center; max-width: 448px }
h1 { font-size: 20px; line-height: 26px; font-weight: 600; margin: 0 0 4px; text-wrap: balance }
p { margin: 0 }
.lead { color: var(--soft); margin-bottom: 20px; overflow-wrap: anywhere }
.small { color: var(--soft); font-size: 13px; line-height: 18px; margin-top: 16px }
fieldset .small { margin-top: 8px }
.error { background: var(--bad-ground); color: var(--bad); border-radius: 8px; padding: 12px 16px; margin: 12px 0; overflow-wrap: anywhere }
.who { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0 12px; font-size: 13px; color: var(--soft); border-bottom: 1px solid var(--line); margin: -12px 0 16px; padding-bottom: 4px }
.choices { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px }
button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; min-height: 44px; border-radius: 8px }
.choice { display: flex; width: 100%; align-items: center; gap: 16px; text-align: start; border: 1px solid var(--line); padding: 12px 16px }
.choice:hover, .row:hover { background: var(--ground) }
.initials { flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on-accent); font-weight: 600 }
.name { display: block; font-weight: 600 }
.detail { display: block; font-size: 13px; line-height: 18px; color: var(--soft); overflow-wrap: anywhere }
fieldset { border: 0; margin: 20px 0 0; padding: 0; min-width: 0 }
legend { padding: 0 0 4px; font-size: 13px; color: var(--soft) }
.row { display: flex; gap: 12px; align-items: flex-start; padding: 12px; min-height: 56px; border-top: 1px solid var(--line); cursor: pointer }
.row input { flex: none; width: 20px; height: 20px; margin: 1px 0 0; accent-color: var(--accent) }
.answers { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px }
.main, .second { flex: 1 1 140px; padding: 10px 20px; font-weight: 600 }
.main { background: var(--accent); color: var(--on-accent) }
.second { border: 1px solid var(--line) }
.plain { text-decoration: underline; font-size: 13px; padding: 0 8px; margin-inline-end: -8px }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
main.wide { max-width: 880px }
main.wide h2 { font-size: 15px; margin: 28px 0 8px }
nav { font-size: 13px; margin-bottom: 12px }
a { color: inherit; text-underline-offset: 3px }
.scroller { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th { font-size: 13px; font-weight: 400; color: var(--soft); text-align: start }
th, td { padding: 10px 16px 10px 0; border-top: 1px solid var(--line); vertical-align: top }
.amount { text-align: end; padding-right: 0; white-space: nowrap }
tfoot td { font-weight: 600 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 12px 0 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
@media (forced-colors: active) { .initials, .main { border: 1px solid } }
`
