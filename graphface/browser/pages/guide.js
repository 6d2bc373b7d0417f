"use strict";
const SVG = "http://www.w3.org/2000/svg", $ = s => document.querySelector(s);
const make = (name, attributes, parent, text) => {
  const node = document.createElementNS(SVG, name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
};
const describe = n => n.kind === "person" ? `${n.label}, ${n.faces} ${n.faces === 1 ? "face" : "faces"}`
  : n.label + (n.quality === null ? "" : `, quality ${n.quality.toFixed(2)}`) + (n.path ? `, ${n.path.split(/[\\/]/).pop()}` : "");

function draw({ nodes, belongs, same }) {
  const svg = $("#drawing"), told = $("#told");
  if (!nodes.length) { told.textContent = "Nobody is here yet: graphface build PHOTOS"; return; }
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const n of nodes) {
    const far = n.ring || n.r;
    box[0] = Math.min(box[0], n.x - far - 6); box[1] = Math.min(box[1], n.y - far - 6);
    box[2] = Math.max(box[2], n.x + far + 6); box[3] = Math.max(box[3], n.y + far + 26);
  }
  svg.setAttribute("viewBox", `${box[0]} ${box[1]} ${box[2] - box[0]} ${box[3] - box[1]}`);
  const line = (a, b, kind, width) => make("line", { class: kind, x1: nodes[a].x, y1: nodes[a].y, x2: nodes[b].x,
    y2: nodes[b].y, "stroke-width": width }, svg);
  const lines = belongs.map(([a, b]) => [line(a, b, "belongs", 1), a, b]);
  for (const s of same) {
    const drawn = line(s.a, s.b, "same", s.width.toFixed(2));
    make("title", {}, drawn, `SAME, distance ${s.distance.toFixed(3)}`);
    lines.push([drawn, s.a, s.b]);
  }
  const drawn = nodes.map((n, i) => {
    const g = make("g", { class: "node", tabindex: n.kind === "person" ? 0 : -1, role: "img", "aria-label": describe(n),
      transform: `translate(${n.x},${n.y})` }, svg);
    make("circle", { class: n.kind, r: n.r }, g);
    const image = make("image", { href: n.src, x: -n.r, y: -n.r, width: 2 * n.r, height: 2 * n.r, "clip-path": "circle(50%)",
      preserveAspectRatio: "xMidYMid slice" }, g);
    image.addEventListener("error", () => image.remove());
    make("circle", { class: `ring ${n.kind}-ring`, r: n.r }, g);
    return g;
  });
  nodes.forEach((n, i) => { if (n.kind === "person") make("text", { x: 0, y: n.ring + 16 }, drawn[i], n.label); });

  function show(i) {
    svg.classList.toggle("focus", i !== null);
    const near = new Set([i]);
    for (const [one, a, b] of lines) {
      const on = a === i || b === i;
      one.classList.toggle("on", on);
      if (on) near.add(a).add(b);
    }
    drawn.forEach((g, k) => g.classList.toggle("on", near.has(k)));
    told.textContent = i === null ? "" : describe(nodes[i]);
  }
  // Persons by the tab key; from a person the arrow keys go through its faces.
  function step(i, by) {
    const person = nodes[i].kind === "person" ? i : belongs.find(([face]) => face === i)[1];
    const ring = [person, ...belongs.filter(([, p]) => p === person).map(([face]) => face)];
    drawn[ring[(ring.indexOf(i) + by + ring.length) % ring.length]].focus();
  }
  drawn.forEach((g, i) => {
    g.addEventListener("pointerenter", () => show(i));
    g.addEventListener("pointerleave", () => show(null));
    g.addEventListener("focus", () => show(i));
    g.addEventListener("blur", () => show(null));
    g.addEventListener("keydown", e => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (by) { step(i, by); e.preventDefault(); }
    });
  });
}

async function copy(button, text) {
  const before = button.textContent;
  try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
  catch { button.textContent = "Select the text and press Ctrl+C"; getSelection().selectAllChildren(button.closest("details, dd").querySelector("code")); }
  setTimeout(() => { button.textContent = before; }, 1600);
}
for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", () => copy(button, button.dataset.copy));
const find = $("#find");
find.addEventListener("input", () => {
  const words = find.value.trim().toLowerCase();
  for (const one of document.querySelectorAll("details")) one.hidden = !one.textContent.toLowerCase().includes(words);
  for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector("details:not([hidden])");
});
addEventListener("keydown", e => { if (e.key === "/" && e.target.tagName !== "INPUT") { find.focus(); e.preventDefault(); } });
fetch("/people.json").then(r => r.json()).then(draw)
  .catch(error => { $("#told").textContent = "The graph cannot be drawn: " + error.message; });
