export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
  rules: {
    // A headline is as long as its publisher made it.
    "long-title": "off",
    // Scripts and styles come from the site itself, under names that hold their digest.
    "require-sri": ["error", { target: "crossorigin" }],
  },
};
