// The report pages: which report it is, the address says.

import { JOURNEY, LIFECYCLE, PERFORMANCE } from "./cohortreports.js";
import { Desk } from "./desk.js";
import { ReportPage } from "./reportpage.js";
import { DEPARTMENT, EMPLOYEE } from "./subjectreport.js";
import { TELESALES } from "./telesalesreport.js";

const KINDS = [DEPARTMENT, EMPLOYEE, TELESALES, LIFECYCLE, JOURNEY, PERFORMANCE];

const name = window.location.pathname.split("/").at(-1);
const kind = KINDS.find((one) => one.name === name);
const desk = new Desk(kind.name);
await desk.enter();
await new ReportPage(desk, kind).start();
