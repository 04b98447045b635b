// Comforts only: every page works without this file.
// A form that was sent is not sent twice, and things that only a script can do appear only where there is one.
(() => {
  "use strict";
  document.querySelectorAll("form[method=post]").forEach((form) => {
    form.addEventListener("submit", () => {
      const button = form.querySelector("button:not([type=button])");
      if (button) setTimeout(() => { button.disabled = true; }, 0);
    });
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("button[disabled]").forEach((button) => { button.disabled = false; });
  });
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
})();
