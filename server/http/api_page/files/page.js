// Opens Swagger UI on the description that stands beside the page; nothing is loaded from elsewhere.
window.addEventListener('load', () => {
  window.SwaggerUIBundle({
    url: document.documentElement.dataset.description,
    dom_id: '#api',
    deepLinking: true,
    docExpansion: 'list',
    filter: true,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
