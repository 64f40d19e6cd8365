import { pageStyle } from '../page-style';

/** The whole look of the page; nothing else is loaded. */
export const STYLE = pageStyle(`
:root { color-scheme: light dark; --line: #8883; --soft: #8881; --dim: #767676; --accent: #0b62c4; }
@media (prefers-color-scheme: dark) { :root { --dim: #a0a0a0; --accent: #7db7ff; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 18rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem 1rem; border-right: 1px solid var(--line); font-size: .875rem; }
nav h2 { font-size: 1.1rem; margin: 0 0 .75rem; } nav summary { padding: .2rem 0; font-weight: 600; cursor: pointer; }
nav ul { list-style: none; margin: 0 0 .5rem; padding: 0; }
nav li a { display: grid; grid-template-columns: 3.2rem 1fr; gap: .4rem; padding: .15rem 0; color: inherit; text-decoration: none; align-items: baseline; }
nav li a:hover { text-decoration: underline; }
main { padding: 2rem clamp(1rem, 4vw, 4rem) 6rem; max-width: 60rem; }
h1 { margin: 0 0 .5rem; } h2 { margin: 3.5rem 0 0; text-transform: capitalize; border-bottom: 1px solid var(--line); }
nav h2 { border: 0; text-transform: none; }
h3 { margin: 0; font-size: 1.2rem; } h3 a { color: inherit; text-decoration: none; } h3 a:hover { text-decoration: underline; }
h4 { margin: 1.1rem 0 .3rem; font-size: .8rem; letter-spacing: .05em; text-transform: uppercase; color: var(--dim); }
article { padding: 2rem 0; border-bottom: 1px solid var(--line); } article:target { background: linear-gradient(90deg, var(--soft), transparent); }
p { margin: .5rem 0; } a { color: var(--accent); }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { overflow-wrap: anywhere; }
pre { background: var(--soft); padding: 1rem; border-radius: 8px; overflow-x: auto; }
.address { margin: .4rem 0; } .method { font: 700 .72rem/1.4 ui-monospace, monospace; }
article .method { padding: .15rem .5rem; border-radius: 5px; background: var(--soft); }
.get { color: #1a7f37; } .post { color: #0b62c4; } .patch { color: #9a5700; } .delete { color: #c62828; }
@media (prefers-color-scheme: dark) { .get { color: #6fd48a; } .post { color: #7db7ff; } .patch { color: #f0b25b; } .delete { color: #ff8f8f; } }
.fields { list-style: none; margin: .25rem 0; padding: 0; } .fields .fields { margin: .25rem 0 .25rem .5rem; padding-left: .9rem; border-left: 2px solid var(--line); }
.fields > li { padding: .4rem 0; border-top: 1px solid var(--line); } .fields > li:first-child { border-top: 0; }
.name { font-weight: 600; } .type { color: var(--dim); font-size: .875rem; } .required { color: #c62828; font-size: .8rem; }
@media (prefers-color-scheme: dark) { .required { color: #ff8f8f; } }
.answer .required { display: none; }
.told, .values { font-size: .925rem; } .values { color: var(--dim); }
summary { cursor: pointer; padding: .15rem 0; } .status { font: 700 .85rem ui-monospace, monospace; color: #1a7f37; } .bad { color: #c62828; }
@media (prefers-color-scheme: dark) { .status { color: #6fd48a; } .bad { color: #ff8f8f; } }
.problems { list-style: none; padding: 0; margin: .25rem 0; font-size: .925rem; }
@media (max-width: 52rem) { body { display: block; } nav { position: static; height: auto; max-height: 45vh; border-right: 0; border-bottom: 1px solid var(--line); } }
@media print { nav { display: none; } body { display: block; } }
`);
