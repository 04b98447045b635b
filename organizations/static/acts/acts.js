// Small helps of the workbench: no second click, rows of subjects with suggestions, filters of long lists of units.
(() => {
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  const choose = (row, item) => {
    row.querySelector("[data-subject]").value = item.code;
    row.querySelector("[data-chosen]").textContent = item.name;
    row.querySelector("[data-options]").hidden = true;
  };
  const show = (row, items) => {
    const list = row.querySelector("[data-options]");
    list.replaceChildren(...items.map((item) => {
      const line = document.createElement("li"), button = document.createElement("button"), note = document.createElement("span");
      button.type = "button";
      button.textContent = item.name;
      note.textContent = item.note;
      button.append(note);
      button.addEventListener("click", () => choose(row, item));
      line.append(button);
      return line;
    }));
    list.hidden = items.length === 0;
  };
  let waiting;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("[data-filter]")) {
      const words = field.value.trim();
      document.querySelectorAll(`[data-filtered="${field.dataset.filter}"] label`).forEach((label) => {
        label.hidden = words !== "" && !label.textContent.includes(words);
      });
    }
    if (!field.matches("[data-subject]")) return;
    const row = field.closest("[data-row]");
    row.querySelector("[data-chosen]").textContent = "";
    clearTimeout(waiting);
    if (field.value.trim().length < 2) return show(row, []);
    waiting = setTimeout(async () => {
      const address = field.closest("[data-suggest]").dataset.suggest;
      const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams({ q: field.value.trim() }) });
      if (answer.ok) show(row, (await answer.json()).items);
    }, 250);
  });

  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add]"), remove = event.target.closest("[data-remove]");
    if (add) {
      const name = add.dataset.add, total = document.querySelector(`[name=${name}-TOTAL_FORMS]`);
      const html = document.querySelector(`[data-template=${name}]`).innerHTML.replaceAll("__prefix__", total.value);
      document.querySelector(`[data-rows=${name}]`).insertAdjacentHTML("beforeend", html);
      total.value = Number(total.value) + 1;
    }
    if (remove) {
      const row = remove.closest("[data-row]");
      if (row.parentElement.querySelectorAll("[data-row]:not([hidden])").length < 2) return;
      row.querySelectorAll("input,textarea,select").forEach((field) => {
        if (field.tagName !== "SELECT" || field.querySelector("option[value='']")) field.value = "";
      });
      row.hidden = true;
    }
  });
  document.addEventListener("DOMContentLoaded", () => document.getElementById("refusal")?.focus());
})();
