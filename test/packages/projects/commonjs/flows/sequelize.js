const { DataTypes, Sequelize } = require("sequelize");
const { flow, getRunLogger } = require("orch");

exports.example = flow(async function example(host) {
  const options = { dialect: "postgres", host, username: "postgres", database: "postgres", logging: false };
  const sequelize = new Sequelize(options);
  const Team = sequelize.define("team", { name: DataTypes.STRING });
  const Member = sequelize.define("member", { name: DataTypes.STRING });
  Team.hasMany(Member);
  await sequelize.sync();
  await Team.create({ name: "A", members: [{ name: "Ada" }, { name: "Bo" }] }, { include: Member });
  const team = await Team.findOne({ include: Member });
  getRunLogger().info(
    `${team.name}: ${team.members
      .map(({ name }) => name)
      .sort()
      .join(" ")}`,
  );
  await sequelize.close();
});
