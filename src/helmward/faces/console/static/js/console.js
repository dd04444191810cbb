// What every page does with scripts on: times that go on, keys, the palette, the line to the server, short addresses. Nothing needs it to be read.
import { forms } from './forms.js';
import { help, keys } from './keys.js';
import { palette } from './palette.js';
import { theme } from './theme.js';
import { times } from './times.js';
import { line } from './line.js';
import { sheet } from './sheet.js';

times();
keys();
palette();
help();
theme();
line();
forms();
sheet();
