process.stdout.write(`script ${process.argv[2]}`);
