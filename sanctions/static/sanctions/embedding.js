// Comforts only: the page works without this file. It starts by itself, and tells the one registered origin the outcome.
(() => {
  "use strict";
  const begin = document.querySelector("[data-begin]");
  if (begin && document.visibilityState === "visible" && !document.prerendering) begin.submit();
  const told = document.querySelector("[data-told]");
  const listener = window.opener || (window.parent !== window ? window.parent : null);
  const tell = (type) => {
    if (!told || !listener) return;
    const { origin, number, result } = told.dataset;
    listener.postMessage({ source: "credit-check", type, number, result }, origin);
  };
  tell(told && told.dataset.answered ? "feedback" : "checked");
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
  }));
  document.querySelector("[data-focus]")?.focus();
})();
