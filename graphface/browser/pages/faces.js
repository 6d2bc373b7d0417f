"use strict";
// Neo4j Browser's style sheets know one size a label and one thickness a type. Three places of its
// script (see browser_app.py) call these functions, so that a face is as large as its quality, a
// SAME as thick as its faces are near, and a node with a thumbnail shows it.
const graphface = (() => {
  let threshold = 0;
  fetch("/threshold.json").then(r => r.json()).then(found => { threshold = found.threshold; }).catch(() => {});
  const number = (item, name) => {
    const value = item && item.propertyMap ? Number.parseFloat(item.propertyMap[name]) : NaN;
    return Number.isFinite(value) ? value : null;
  };
  const inside = value => Math.min(Math.max(value, 0), 1);

  function node(style, item) {
    const quality = number(item, "quality");
    if (quality === null || !item.labels.includes("Face")) return style;
    const full = Number.parseFloat(style.get("diameter")) || 54;
    style.props.diameter = (full * (0.35 + 0.65 * inside(quality) ** 3)).toFixed(1) + "px";
    style.props.caption = quality.toFixed(2);
    return style;
  }

  function relationship(style, item) {
    const distance = number(item, "distance");
    if (distance === null || item.type !== "SAME") return style;
    if (threshold) style.props["shaft-width"] = (1 + 6 * inside(1 - distance / threshold)).toFixed(2) + "px";
    style.props.caption = distance.toFixed(2);
    return style;
  }

  // Only pictures of this address: the graph may hold URLs of anybody.
  const picture = item => {
    const text = item.propertyMap && item.propertyMap.thumbnail;
    const found = typeof text === "string" && text.match(/\/faces\/[\w.%-]+\.jpg$/);
    return found ? found[0] : null;
  };

  // What is behind the drawing, light or dark: names are written with an edge of it around them.
  function paper(element) {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour && colour !== "rgba(0, 0, 0, 0)" && colour !== "transparent") return colour;
    }
    return "none";
  }

  const renderer = {
    name: "graphfaceFaces",
    onGraphChange(nodes) {
      // A new address for each drawing: a page shows a picture again without asking for it, and the
      // person may have been hidden or forgotten meanwhile.
      nodes.selectAll("image.graphface").data(n => picture(n) ? [n] : [])
        .join(enter => enter.append("image").attr("class", "graphface").attr("pointer-events", "none")
          .attr("href", n => `${picture(n)}?${Date.now()}`).on("error", event => event.target.remove()))
        .attr("x", n => 2 - n.radius).attr("y", n => 2 - n.radius)
        .attr("width", n => 2 * n.radius - 4).attr("height", n => 2 * n.radius - 4)
        .attr("clip-path", "circle(50%)").attr("preserveAspectRatio", "xMidYMid slice");
      nodes.selectAll("text.caption").filter(line => picture(line.node)).attr("display", "none");
      const named = n => picture(n) && n.labels.includes("Person");
      nodes.selectAll("text.graphface").data(n => named(n) ? [n] : []).join("text")
        .attr("class", "graphface").attr("text-anchor", "middle").attr("pointer-events", "none")
        .attr("y", n => n.radius + 24).attr("fill", "#3d86b8").attr("font-size", "22px").attr("font-weight", "600")
        .attr("paint-order", "stroke").attr("stroke-width", 5).attr("stroke-linejoin", "round")
        .attr("stroke", paper(nodes.node()))
        .text(n => n.propertyMap.name || "person " + n.propertyMap.number);
    },
    onTick() {},
  };
  return { node, relationship, renderer };
})();
