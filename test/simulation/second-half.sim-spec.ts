import { describeHalf } from './hundred-seeds.js';

describeHalf(2);
