"use strict";
// Puts the connection, the style and the statements where Neo4j Browser keeps them, in the storage
// of this address, and goes there. What a user has saved there stays.
const KEY = "neo4j.";
const read = name => { try { return JSON.parse(localStorage.getItem(KEY + name)); } catch { return null; } };
const write = (name, value) => localStorage.setItem(KEY + name, JSON.stringify(value));
const others = list => (list || []).filter(one => !String(one.id || "").startsWith("graphface-"));

// Browser plays guides of the name localhost without being told so by its server.
const guide = `http://localhost:${location.port}/play.html`;

function prepare(session) {
  write("connections", {
    allConnectionIds: ["$$discovery"],
    connectionsById: { $$discovery: { id: "$$discovery", name: "$$discovery", type: "bolt", db: session.database,
      host: session.uri, username: session.username, password: session.password, authenticationMethod: "NATIVE",
      authEnabled: true, supportsMultiDb: true, SSOProviders: [] } },
    activeConnection: null, connectionState: 0, useDb: session.database, lastUseDb: session.database,
  });
  // Nothing is sent from here, so there is nothing to agree to either.
  write("udc", { ...read("udc"), consentBannerShownCount: 10 });
  const settings = read("settings") || {};
  const greeting = !settings.initCmd || /^:play (start|http:..localhost:.*play\.html)$/.test(settings.initCmd);
  write("settings", { ...settings, allowCrashReports: false, allowUserStats: false,
    initCmd: greeting ? `:play ${guide}` : settings.initCmd });
  const style = read("grass");
  if (!style || !style["node.Face"]) write("grass", { ...style, ...session.style });
  write("folders", [...others(read("folders")), ...session.folders]);
  write("documents", [...others(read("documents")), ...session.documents]);
}

fetch("/session.json").then(async answer => {
  if (!answer.ok) throw new Error(await answer.text());
  prepare(await answer.json());
  location.replace("/browser/" + (location.search || `?cmd=play&arg=${guide}`));
}).catch(error => { document.getElementById("state").textContent = error.message; });
