// A person for tests in other languages: `node visit.js ADDRESS` signs somebody new in there, allows what is asked, and prints who they
// are and where they were sent in the end, as JSON.

import { Browser, person } from "./browser.js";

const who = await person("Annie Easley");
const address = await new Browser().authorize(process.argv[2], who);
console.log(JSON.stringify({ ...who, address: address.href }));
