// Keeps the page up to date without reloading it: the server says which part changed, we fetch that part and put
// in what is different. What somebody opened, typed or focused stays as it is.

const parts = document.body.dataset.parts ?? "/deel/";
const live = document.getElementById("live");
const titles = { meldingen: "Meldingen", agenda: "Agenda", postbus: "Postbus", dossiers: "Dossiers", storingen: "Storingen" };
const phones = ["whatsapp", "messenger"]; // what is said there, the chat itself tells

const key = (node) => (node.nodeType === 1 && (node.dataset.key || node.id)) || null;

function sameKind(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && key(one) === key(other);
}

function become(current, wanted) {
  if (current.isEqualNode(wanted)) return;
  if (current.nodeType !== 1) {
    current.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...current.attributes]) {
    if (name !== "open" && !wanted.hasAttribute(name)) current.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (name !== "open" && current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
  becomeChildren(current, wanted);
}

function becomeChildren(current, wanted) {
  const keyed = new Map([...current.childNodes].filter(key).map((node) => [key(node), node]));
  let place = current.firstChild;
  for (const node of [...wanted.childNodes]) {
    const known = key(node) ? keyed.get(key(node)) : null;
    if (known) {
      if (known === place) place = place.nextSibling;
      else current.insertBefore(known, place);
      become(known, node);
    } else if (place && !key(place) && sameKind(place, node)) {
      const next = place.nextSibling;
      become(place, node);
      place = next;
    } else {
      current.insertBefore(document.importNode(node, true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

async function refresh(name) {
  if (!document.getElementById(name)) return; // it stands on another page
  const response = await fetch(`${parts}${name}${location.search}`);
  if (!response.ok) return;
  const wanted = new DOMParser().parseFromString(await response.text(), "text/html").body;
  becomeChildren(document.getElementById(name), wanted);
}

async function refreshAll(names) {
  await Promise.all(names.map(refresh));
  const told = names.filter((name) => name in titles && document.getElementById(name)).map((name) => titles[name]);
  if (told.length) live.textContent = `Bijgewerkt: ${told.join(", ")}`;
}

function listen() {
  const events = new EventSource("/events");
  let lost = false;
  events.onopen = () => {
    if (lost) refreshAll([...Object.keys(titles), ...phones]);
    else live.textContent = "Verbonden: wat verandert, zie je meteen";
    lost = false;
  };
  events.onmessage = (event) => refreshAll(event.data.split(" "));
  events.onerror = () => {
    lost = true;
    live.textContent = "De verbinding is weg. We proberen opnieuw.";
  };
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-live]")) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (response.type === "opaqueredirect" || response.ok) form.reset();
  else live.textContent = "Dat is niet gelukt.";
});

listen();
