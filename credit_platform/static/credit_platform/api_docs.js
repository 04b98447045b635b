/* Swagger UI in the place of the plain list; nothing is fetched from another host. */
"use strict";
(() => {
  const place = document.getElementById("swagger");
  if (!place || typeof SwaggerUIBundle !== "function") return;
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    defaultModelRendering: "example",
    deepLinking: true,
    displayRequestDuration: true,
    validatorUrl: null,
    onComplete: () => {
      document.getElementById("plain-list").hidden = true;
    },
  });
})();
