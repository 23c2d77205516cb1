// What a phone does besides what page.js does for every page: Enter sends, the chat stays at its newest message, an open
// sheet closes, and a new number is shown as soon as it exists.

const main = document.getElementById("inhoud");
const seen = new Map();

function toNewest() {
  for (const chat of document.querySelectorAll(".chat")) {
    const last = chat.querySelector(".bubble:last-of-type")?.dataset.key ?? "";
    const phone = chat.closest("section").id;
    if (seen.get(phone) !== last) chat.scrollTop = chat.scrollHeight;
    seen.set(phone, last);
  }
}

function closeSheets(phone, except) {
  for (const open of phone.querySelectorAll("details[open]:not(.people)")) {
    if (open !== except) open.open = false;
  }
}

main.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  const open = event.key === "Escape" && event.target.closest("details[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

main.addEventListener("toggle", (event) => { if (event.target.open) closeSheets(event.target.closest("section"), event.target); }, true);

main.addEventListener("submit", (event) => {
  const chosen = event.submitter;
  if (chosen?.dataset.title) {
    const title = Object.assign(document.createElement("input"), { type: "hidden", name: "title", value: chosen.dataset.title });
    event.target.querySelector("input[name=title]")?.remove();
    event.target.append(title);
  }
  closeSheets(event.target.closest("section"));
}, true);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.next) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  body.delete("terug");
  const citizen = await (await fetch(form.action, { method: "POST", body })).json();
  const query = new URLSearchParams(location.search);
  query.set(form.dataset.next, citizen.id);
  location.search = query;
});

new MutationObserver(toNewest).observe(main, { childList: true, subtree: true });
toNewest();
