// Sends the form of an answer for an application. No module, so that browsers send it too that know none; the button does without.
"use strict";

(function () {
  var form = document.querySelector("form[data-now]");
  if (!form) return;
  // As a press of the button, which then can't be pressed again.
  if (form.requestSubmit) form.requestSubmit();
  else form.submit();
})();
