"use strict";

const root = document.getElementById("swagger-ui");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function followScheme() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

dark.addEventListener("change", followScheme);
followScheme();

window.SwaggerUIBundle({
  url: root.dataset.schema,
  domNode: root,
  deepLinking: true,
  defaultModelsExpandDepth: -1, // each operation shows its own
  validatorUrl: null, // otherwise it queries an external server
  requestInterceptor(request) {
    request.headers["X-CSRFToken"] = root.dataset.csrfToken;
    return request;
  },
});
