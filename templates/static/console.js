// Conveniences of the console. Everything works without this file.
"use strict";
