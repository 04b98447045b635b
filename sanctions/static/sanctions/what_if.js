// 如果…会怎样: answers while the officer chooses; without this file the form answers on a page of its own.
(() => {
  const form = document.querySelector("form[data-what-if]"), answer = document.getElementById("what-if-answer");
  if (!form || !answer) return;
  const rows = [...form.querySelectorAll("[data-wi-row]")], more = form.querySelector("[data-wi-more]");
  const fields = (row) => ["act", "on", "n"].map((name) => row.querySelector(`[name^="${name}-"]`));
  const filled = (row) => fields(row).some((field) => field.value !== "");
  const tidy = () => {
    rows.forEach((row) => { row.querySelector("[data-wi-clear]").hidden = !filled(row); });
    more.hidden = rows.every((row) => !row.hidden);
  };
  const query = () => new URLSearchParams([...new FormData(form)].filter(([name, value]) => value !== "" && !name.startsWith("unit-") || name.startsWith("unit-") && form.querySelector(`[name="n-${name.slice(5)}"]`).value !== ""));
  let waiting, latest;
  const ask = async () => {
    latest?.abort();
    latest = new AbortController();
    answer.setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(`${form.action}?${query()}`, { headers: { "X-Requested-With": "fetch" }, signal: latest.signal });
      if (!reply.ok || reply.redirected) return form.submit();
      answer.innerHTML = await reply.text();
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
      return;
    }
    answer.removeAttribute("aria-busy");
  };
  const later = () => { clearTimeout(waiting); waiting = setTimeout(ask, 300); };
  const unmark = () => {
    form.querySelectorAll(".wb-error").forEach((error) => error.remove());
    form.querySelectorAll(".wb-bad").forEach((part) => part.classList.remove("wb-bad"));
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    document.querySelectorAll("[data-story][aria-current]").forEach((link) => link.removeAttribute("aria-current"));
  };

  // An act without a day is imagined today, or on the day of the row before it.
  const dated = (select) => {
    const number = rows.indexOf(select.closest("[data-wi-row]")), day = number < 0 ? null : fields(rows[number])[1];
    if (!day || day.value !== "" || select.value === "" || !select.name.startsWith("act-")) return;
    day.value = (number > 0 && fields(rows[number - 1])[1].value) || form.dataset.today;
  };

  form.addEventListener("input", (event) => { if (event.target.matches("select")) dated(event.target); unmark(); tidy(); later(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    unmark();
    ask();
  });
  more.type = "button"; // so that Enter asks and does not add a row
  more.addEventListener("click", () => {
    const next = rows.find((row) => row.hidden);
    if (next) { next.hidden = false; fields(next)[0].focus(); }
    tidy();
  });
  form.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-wi-clear]"), reset = event.target.closest("[data-wi-reset]");
    if (!clear && !reset) return;
    event.preventDefault();
    (clear ? [clear.closest("[data-wi-row]")] : rows).forEach((row) => fields(row).forEach((field) => { field.value = ""; }));
    if (reset) form.querySelectorAll("[name^=ask-]").forEach((field) => { field.value = ""; });
    unmark();
    tidy();
    ask();
    rows[0].querySelector("select").focus();
  });
  document.addEventListener("click", (event) => {
    const story = event.target.closest("[data-story]");
    if (!story || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const wanted = new URL(story.href).searchParams;
    unmark();
    rows.forEach((row) => fields(row).forEach((field) => { field.value = wanted.get(field.name) ?? ""; }));
    rows.forEach((row, number) => { if (filled(row)) rows[number].hidden = false; });
    story.setAttribute("aria-current", "true");
    tidy();
    ask();
  });
  tidy();
})();
