"use strict";

const root = document.getElementById("swagger-ui");

window.SwaggerUIBundle({
  url: root.dataset.schema,
  domNode: root,
  deepLinking: true,
  validatorUrl: null, // else it asks a server elsewhere
  requestInterceptor(request) {
    request.headers["X-CSRFToken"] = root.dataset.csrfToken;
    return request;
  },
});
